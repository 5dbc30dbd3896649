import { expect, test } from 'vitest';
import { newSpanId, newTraceId, readTraceParent, readTraceState, writeTraceParent } from './trace.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

test.each([
  [`00-${traceId}-${spanId}-01`, { traceId, spanId, isSampled: true }],
  [`00-${traceId}-${spanId}-00`, { traceId, spanId, isSampled: false }],
  // Only the lowest bit is that flag.
  [`00-${traceId}-${spanId}-fe`, { traceId, spanId, isSampled: false }],
  [`00-${traceId}-${spanId}-03`, { traceId, spanId, isSampled: true }],
  // A later version is read as far as it is known.
  [`cc-${traceId}-${spanId}-01`, { traceId, spanId, isSampled: true }],
  [`cc-${traceId}-${spanId}-01-what-the-future-brings`, { traceId, spanId, isSampled: true }],
])('%s is read', (header, expected) => {
  expect(readTraceParent(header)).toEqual(expected);
});

test.each([
  ['', 'nothing'],
  [`ff-${traceId}-${spanId}-01`, 'a version that is forbidden'],
  [`00-${traceId}-${spanId}-01-more`, 'more than the version has'],
  [`cc-${traceId}-${spanId}-01more`, 'more without its dash'],
  [`00-${'0'.repeat(32)}-${spanId}-01`, 'a trace of zeros'],
  [`00-${traceId}-${'0'.repeat(16)}-01`, 'a span of zeros'],
  [`00-${traceId.toUpperCase()}-${spanId}-01`, 'upper case'],
  [`00-${traceId.slice(1)}-${spanId}-01`, 'a short trace'],
  [`00-${traceId}-${spanId}-1`, 'short flags'],
  [`00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`, 'two headers'],
  ['00-aaaaaaaaaaaaaaaa4242424242424242-00f067aa0ba902b7-01', 'a card number as its trace'],
  [`00-${traceId}-4242424242424242-01`, 'a card number as its span'],
])('%s is not taken: %s', (header) => {
  expect(readTraceParent(header)).toBeUndefined();
});

test('what is written is read', () => {
  const parent = { traceId, spanId, isSampled: true };
  expect(readTraceParent(writeTraceParent(parent))).toEqual(parent);
  expect(writeTraceParent({ ...parent, isSampled: false })).toBe(`00-${traceId}-${spanId}-00`);
});

test('a trace state is passed on as it came, unless it is too long or holds a card number', () => {
  expect(readTraceState('rojo=00f067aa0ba902b7,congo=t61rcWkgMzE')).toBe('rojo=00f067aa0ba902b7,congo=t61rcWkgMzE');
  expect(readTraceState(undefined)).toBeUndefined();
  expect(readTraceState(`a=${'b'.repeat(512)}`)).toBeUndefined();
  expect(readTraceState('pan=4242 4242 4242 4242')).toBeUndefined();
});

test('ids of our own are drawn again when chance makes a card number or nothing of them', () => {
  const draws = ['00'.repeat(8), '4242424242424242', 'ab'.repeat(8)];
  const random = () => Buffer.from(draws.shift() ?? '', 'hex');
  expect(newSpanId(random)).toBe('abababababababab');
  expect(newTraceId((count) => Buffer.alloc(count, 7))).toBe('07'.repeat(16));
});
