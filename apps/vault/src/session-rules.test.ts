// When a session key is good.
import { expect, it } from 'vitest';
import { sessionProblem, useLimitOf } from './session-rules.ts';

const live = { revokedAt: null, expiresAt: 1000, useLimit: 2, uses: 1 };

it.each([
  [live, undefined],
  [undefined, 'SESSION_KEY_INVALID'],
  [{ ...live, uses: 2 }, 'SESSION_KEY_CONSUMED'],
  [{ ...live, uses: 2, useLimit: null }, undefined],
  [{ ...live, expiresAt: 999 }, 'SESSION_KEY_EXPIRED'],
  [{ ...live, expiresAt: 999, uses: 2 }, 'SESSION_KEY_EXPIRED'],
  [{ ...live, revokedAt: 5, expiresAt: 999, uses: 2 }, 'SESSION_KEY_REVOKED'],
])('%j: %s', (session, problem) => {
  expect(sessionProblem(session, 999)).toBe(problem);
});

it('no limit of its own is the operator’s cap, and a cap of nothing is none', () => {
  expect([useLimitOf(3, 50), useLimitOf(null, 50), useLimitOf(null, 0), useLimitOf(900, 50)]).toEqual([
    3,
    50,
    null,
    900,
  ]);
});
