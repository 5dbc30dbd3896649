// The schedule of inquiries and what "not found" proves (contract 12.3 and 12.4).
import { expect, test } from 'vitest';
import {
  absenceStep,
  defaultGraceMs,
  type EvidenceRules,
  endOfDayMs,
  isComparedAgain,
  isSettlementProven,
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

test('a day is compared again a week and thirty days later, once each, however late', () => {
  const day = '2027-03-01';
  const atDays = (days: number): number => endOfDayMs(day) + days * 86_400_000;
  const isDue = (comparedDays: number, nowDays: number) =>
    isComparedAgain({ day, comparedAtMs: atDays(comparedDays) }, atDays(nowDays));
  expect([isDue(0.1, 6.9), isDue(0.1, 7), isDue(7.1, 29.9), isDue(7.1, 30), isDue(30.1, 99)]).toEqual([
    ...[false, true, false, true, false],
  ]);
  expect([isDue(0.1, 33), isDue(33, 34)]).toEqual([true, false]);
});

test('a sale is not taken for settled while a void of it that nobody answered may not be shown yet', () => {
  const rules = { graceMs: 900_000, showsVoidsLate: true };
  expect(isSettlementProven(rules, { voidAskedAtMs: undefined, nowMs: 1 })).toBe(true);
  expect(isSettlementProven(rules, { voidAskedAtMs: 1, nowMs: 900_000 })).toBe(false);
  expect(isSettlementProven(rules, { voidAskedAtMs: 1, nowMs: 900_001 })).toBe(true);
  expect(isSettlementProven({ graceMs: 900_000 }, { voidAskedAtMs: 1, nowMs: 2 })).toBe(true);
});
