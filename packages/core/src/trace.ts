// W3C Trace Context (https://www.w3.org/TR/trace-context/): under which name the work of several programs belongs together.
import { holdsCardNumber } from './card/number-in-text.ts';
import type { RandomBytes } from './ids.ts';

/** What a `traceparent` header says. */
export interface TraceParent {
  /** 32 lower-case hexadecimal digits, not all of them zero. */
  readonly traceId: string;
  /** The caller's span: 16 of them. */
  readonly spanId: string;
  /** The caller may have recorded its part. */
  readonly isSampled: boolean;
}

const VERSION_0 = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
/** A later version may say more behind it. */
const LATER = /^(?!00|ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const sampledFlag = 1;

/** `undefined`: not valid, and whoever is asked begins a trace. One that is made of a card number is not carried on. */
export function readTraceParent(header: string): TraceParent | undefined {
  const [, traceId, spanId, flags = ''] = VERSION_0.exec(header) ?? LATER.exec(header) ?? [];
  if (traceId === undefined || spanId === undefined || !isUsable(traceId) || !isUsable(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & sampledFlag) !== 0 };
}

/** Not all zero, and no card number. Both are a run of digits: a quick look for one tells nearly always. */
const isUsable = (text: string): boolean =>
  !/[0-9]{13}/.test(text) || (/[1-9a-f]/.test(text) && !holdsCardNumber(text));

export const writeTraceParent = ({ traceId, spanId, isSampled }: TraceParent): string =>
  `00-${traceId}-${spanId}-0${isSampled ? sampledFlag : 0}`;

const stateMaxLength = 512;

/** What `tracestate` holds is passed on as it came (3.3), unless it is too long for that, or no place for it. */
export const readTraceState = (header: string | undefined): string | undefined =>
  header !== undefined && header.length <= stateMaxLength && /^[\x20-\x7e]+$/.test(header) && !holdsCardNumber(header)
    ? header
    : undefined;

export const newTraceId = (random: RandomBytes): string => hexOf(random, 16);
export const newSpanId = (random: RandomBytes): string => hexOf(random, 8);

/** Drawn again where chance makes a card number, or nothing at all. */
function hexOf(random: RandomBytes, bytes: number): string {
  const codes: number[] = [];
  for (const byte of random(bytes)) codes.push(HEX.charCodeAt(byte >> 4), HEX.charCodeAt(byte & 15));
  const text = String.fromCharCode(...codes);
  return isUsable(text) ? text : hexOf(random, bytes);
}

const HEX = '0123456789abcdef';
