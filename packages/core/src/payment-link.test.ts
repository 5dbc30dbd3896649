import { expect, test } from 'vitest';
import { paymentLinkStatus } from './payment-link.ts';

const link = { usageLimit: 5, used: 4, expiresAtMs: 1_000 };

test('a link is active until its end, to the millisecond', () => {
  expect(paymentLinkStatus(link, 999)).toBe('active');
  expect(paymentLinkStatus(link, 1_000)).toBe('expired');
});

test('a link to a plan has expired when the last day of the plan is over everywhere on Earth', () => {
  const plan = {
    used: 0,
    expiresAtMs: Date.parse('2027-01-01'),
    request: { recurringConfig: { endDate: '2026-12-10' } },
  };
  expect(paymentLinkStatus(plan, Date.parse('2026-12-11T11:59:59Z'))).toBe('active');
  expect(paymentLinkStatus(plan, Date.parse('2026-12-11T12:00:00Z'))).toBe('expired');
  expect(paymentLinkStatus({ ...plan, request: { recurringConfig: {} } }, Date.parse('2026-12-12'))).toBe('active');
});

test('the last use ends it, and a link without a limit has none', () => {
  expect(paymentLinkStatus({ ...link, used: 5 }, 0)).toBe('used_up');
  expect(paymentLinkStatus({ used: 1_000_000, expiresAtMs: 1_000 }, 0)).toBe('active');
});

test('a link that was used up stays that after its end, and one that the merchant switched off stays off', () => {
  expect(paymentLinkStatus({ ...link, used: 5 }, 2_000)).toBe('used_up');
  expect(paymentLinkStatus({ ...link, deactivatedAtMs: 500 }, 2_000)).toBe('inactive');
  expect(paymentLinkStatus({ ...link, used: 5, deactivatedAtMs: 500 }, 2_000)).toBe('inactive');
});
