// Where Pay and the Vault reach the processors, from the environment: other hosts than the processors' own are simulators.
import type { Mode } from '@ozura/core/ids';
import { PROCESSOR_HOSTS, type ProcessorHosts } from '@ozura/core/processor-hosts';
import type { EnvReader } from '@ozura/kit/env';

export function readProcessorHosts(env: EnvReader, mode: Mode): ProcessorHosts {
  const own = PROCESSOR_HOSTS[mode];
  const host = (name: string, fallback: string): string => {
    const value = env.text(name, fallback).replace(/\/+$/, '');
    if (!/^https?:$/.test(URL.parse(value)?.protocol ?? '')) env.refuse(name, 'must be an http or https URL');
    else if (mode === 'live' && new URL(value).protocol !== 'https:') env.refuse(name, 'must be https in live mode');
    else if (mode === 'test' && Object.values(PROCESSOR_HOSTS.live).includes(value)) {
      env.refuse(name, 'is the live host of the processor: not in test mode');
    }
    return value;
  };
  return {
    elavon: host('ELAVON_URL', own.elavon),
    nuvei: host('NUVEI_URL', own.nuvei),
    worldpay: host('WORLDPAY_URL', own.worldpay),
  };
}
