// Spans for a collector of OpenTelemetry (decision 0031): of requests, and of the calls that they make. This file and the
// packages it names are loaded only where OTEL_EXPORTER_OTLP_ENDPOINT is set.
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { RandomBytes } from '@ozura/core/ids';
import { newSpanId } from '@ozura/core/trace';
import kit from '../package.json' with { type: 'json' };
import type { SpanFacts, Spans } from './trace.ts';

export interface SpanSettings {
  /** Base of the collector's addresses: spans go to `/v1/traces` below it, as JSON. */
  readonly endpoint: string;
  /** Of the traces that begin here, 0 to 1. A caller's decision is followed. */
  readonly sampleRatio: number;
  /** Such as `ozura-pay`. */
  readonly program: string;
}

export function openSpans({ endpoint, sampleRatio, program }: SpanSettings, random: RandomBytes): Spans {
  let traceIdOfNext = '';
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': program, 'service.version': kit.version }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampleRatio) }),
    // A trace has its name in our logs before it has a span.
    idGenerator: { generateTraceId: () => traceIdOfNext, generateSpanId: () => newSpanId(random) },
    spanProcessors: [
      new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` }) }),
    ],
  });
  const tracer = provider.getTracer('ozura');
  return {
    begin({ name, kind, traceId, parent, facts }) {
      traceIdOfNext = traceId;
      const span = tracer.startSpan(
        name,
        { kind: kind === 'server' ? SpanKind.SERVER : SpanKind.CLIENT, attributes: { ...facts } },
        parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parentOf(traceId, parent)),
      );
      const { spanId, traceFlags } = span.spanContext();
      return {
        spanId,
        isSampled: (traceFlags & TraceFlags.SAMPLED) !== 0,
        end(isError, { name: finalName, facts: more }) {
          if (finalName !== undefined) span.updateName(finalName);
          span.setAttributes({ ...more });
          if (isError) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
    },
    close: () => Promise.race([provider.shutdown().catch(() => undefined), pause(closeMaxMs)]),
  };
}

/** A collector that is gone or silent must not keep a program, nor those that stop after it, from their own last steps. */
const closeMaxMs = 500;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

const parentOf = (traceId: string, { spanId, isSampled, isRemote }: NonNullable<SpanFacts['parent']>) => ({
  traceId,
  spanId,
  traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
  isRemote,
});
