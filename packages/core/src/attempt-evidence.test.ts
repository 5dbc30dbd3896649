// The schedule of inquiries and what "not found" proves (contract 12.3 and 12.4).
import { expect, test } from 'vitest';
import {
  absenceStep,
  defaultGraceMs,
  type EvidenceRules,
  type Misses,
  nextInquiryAt,
  noteMiss,
  settlementDays,
} from './attempt-evidence.ts';

const seconds = 1_000;
const minutes = 60 * seconds;
const hours = 60 * minutes;
const day = 24 * hours;

const sentAtMs = 1_000_000;
const rules: EvidenceRules = { class: 2, voidByReference: true, graceMs: defaultGraceMs };
const none: Misses = { count: 0, lastAtMs: 0 };

const missesAt = (ages: readonly number[], of: EvidenceRules = rules): Misses =>
  ages.reduce((misses, age) => noteMiss(misses, of, { sentAtMs, nowMs: sentAtMs + age }), none);

test('inquiries follow the schedule, then come daily', () => {
  const ages: number[] = [];
  for (let at = nextInquiryAt(sentAtMs, sentAtMs); ages.length < 11; at = nextInquiryAt(sentAtMs, at))
    ages.push(at - sentAtMs);
  expect(ages).toEqual([
    5 * seconds,
    15 * seconds,
    60 * seconds,
    5 * minutes,
    15 * minutes,
    1 * hours,
    6 * hours,
    day,
    2 * day,
    3 * day,
    4 * day,
  ]);
});

test('a missed time is not made up for', () => {
  expect(nextInquiryAt(sentAtMs, sentAtMs + 2 * hours)).toBe(sentAtMs + 6 * hours);
  expect(nextInquiryAt(sentAtMs, sentAtMs + 100.5 * day)).toBe(sentAtMs + 101 * day);
});

test('"not found" before the grace time proves nothing', () => {
  expect(missesAt([5 * seconds, 60 * seconds, 5 * minutes, defaultGraceMs - 1]).count).toBe(0);
});

test('two misses after it count when they are five minutes apart', () => {
  expect(missesAt([15 * minutes, 16 * minutes]).count).toBe(1);
  expect(missesAt([15 * minutes, 20 * minutes]).count).toBe(2);
});

test('with two misses the reference is voided before the attempt counts as never booked', () => {
  expect(absenceStep(rules, missesAt([15 * minutes]))).toBe('wait');
  expect(absenceStep(rules, missesAt([15 * minutes, 1 * hours]))).toBe('void_by_reference');
  expect(absenceStep({ ...rules, class: 1 }, missesAt([15 * minutes, 1 * hours]))).toBe('void_by_reference');
});

test('without a void by reference the settlement list of the day decides', () => {
  const misses = missesAt([15 * minutes, 1 * hours]);
  expect(absenceStep({ ...rules, voidByReference: false }, missesAt([15 * minutes]))).toBe('wait');
  expect(absenceStep({ ...rules, voidByReference: false }, misses)).toBe('settlement_list');
});

test('a list is complete when its day is over and the grace time too', () => {
  const noon = Date.parse('2026-03-04T12:00:00Z');
  expect(settlementDays(noon, rules)).toEqual({
    days: ['2026-03-04'],
    finalAtMs: Date.parse('2026-03-05T00:15:00Z'),
  });
  expect(settlementDays(Date.parse('2026-03-04T23:50:00Z'), rules)).toEqual({
    days: ['2026-03-04', '2026-03-05'],
    finalAtMs: Date.parse('2026-03-06T00:15:00Z'),
  });
});
