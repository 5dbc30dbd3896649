// The query of `transQuery` (contract 8.5).
import { Refusal } from '@ozura/core/errors';
import { readAll } from '@ozura/core/validation';
import { expect, test } from 'vitest';
import { transactionQueryFields } from './trans-query-fields.ts';

const read = (query: Record<string, unknown>) => readAll(transactionQueryFields, query);
const failure = (query: Record<string, unknown>): string => {
  try {
    read(query);
  } catch (error) {
    if (error instanceof Refusal) return error.message;
  }
  return 'accepted';
};

test('an empty query has its defaults', () => {
  expect(read({})).toMatchObject({ page: 1, limit: 50, sortBy: 'createdAt', sortOrder: 'desc' });
});

test('times are UTC, inclusive to the whole second or the whole day', () => {
  const at = Date.UTC(2026, 2, 4, 9, 30);
  expect(read({ dateFrom: '2026-03-04 09:30:00' }).fromMs).toBe(at);
  expect(read({ dateFrom: '2026-03-04T10:30:00+01:00' }).fromMs).toBe(at);
  expect(read({ dateTo: '2026-03-04 09:30:00' }).toMs).toBe(at + 999);
  expect(read({ dateTo: '2026-03-04T09:30:00.250Z' }).toMs).toBe(at + 999);
  expect(read({ dateTo: '2026-03-04' }).toMs).toBe(Date.UTC(2026, 2, 5) - 1);
});

test('fields are names of rows', () => {
  expect(read({ fields: 'amount, cardBrand' }).fields).toEqual(['amount', 'cardBrand']);
});

test('beside the id of one transaction the others are ignored, but for its merchant and its fields', () => {
  const others = {
    attemptId: 'A2',
    orderId: 'order_1',
    dateFrom: 'yesterday',
    transactionType: 'x',
    page: '2',
    limit: '0',
  };
  const asked = { merchantId: 'ozu_bluekettle', transactionId: 'T1', fields: 'amount' };
  expect(read({ ...asked, ...others, sortBy: 'x', sortOrder: 'x' })).toEqual(read(asked));
  expect(read(asked)).toMatchObject({ transactionId: 'T1', fields: ['amount'], page: 1 });
  expect(failure({ ...asked, fields: 'pan' })).toBe('fields: unknown field pan');
  expect(failure({ transactionId: '' })).toBe('transactionId: must be 1-255 characters');
});

test.each([
  [{ fields: 'amount,pan' }, 'fields: unknown field pan'],
  [{ fields: '4242 4242 4242 4242' }, 'fields: unknown field …'],
  [{ dateFrom: 'yesterday' }, 'dateFrom: must be a date such as "2026-03-04 09:30:00"'],
  [{ dateTo: '2026-13-04' }, 'dateTo: must be a date such as "2026-03-04 09:30:00"'],
  [{ dateFrom: '2026-02-30' }, 'dateFrom: must be a date such as "2026-03-04 09:30:00"'],
  [{ dateTo: '2026-02-29T09:30:00Z' }, 'dateTo: must be a date such as "2026-03-04 09:30:00"'],
  [{ page: '0' }, 'page: must be between 1 and 999999999'],
  [{ limit: '101' }, 'limit: must be between 1 and 100'],
  [{ limit: '1.5' }, 'limit: must be an integer'],
  [{ sortOrder: 'up' }, 'sortOrder: must be one of desc, asc'],
])('%j is refused: %s', (query, text) => {
  expect(failure(query)).toBe(text);
});
