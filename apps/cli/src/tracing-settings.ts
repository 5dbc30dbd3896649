// Where spans are sent, if anywhere (OpenTelemetry; decision 0031).
import type { EnvReader } from '@ozura/kit/env';
import type { BaseConfig } from '@ozura/kit/settings';

const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const RATIO = 'OTEL_TRACES_SAMPLER_ARG';

export function readTracing(env: EnvReader): Pick<BaseConfig, 'otlp'> {
  if (!env.has(ENDPOINT)) return {};
  const endpoint = env.text(ENDPOINT);
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    env.refuse(ENDPOINT, 'must be an http or https URL, such as http://127.0.0.1:4318');
  }
  const ratio = env.text(RATIO, '1');
  const sampleRatio = Number(ratio);
  if (!/^[0-9]*\.?[0-9]+$/.test(ratio) || sampleRatio > 1) env.refuse(RATIO, 'must be a number from 0 to 1');
  return { otlp: { endpoint, sampleRatio } };
}
