// Whether the programs behind this one can be called, and what is said when they could not be.
import { openClient } from '@ozura/contract/client';
import type { Refusal } from '@ozura/core/errors';
import { expect, test } from 'vitest';
import { chargeAnswer } from './charge-answer.ts';
import type { CheckoutContext } from './context.ts';
import type { Charge } from './store/charges.ts';
import type { Session } from './store/sessions.ts';
import { checkOwners } from './upstream.ts';

const answering = (status: number, text: string) =>
  openClient('https://program.example', async () => ({ status, headers: {}, text }));

test('a proxy that says there is nobody does not answer for a program', async () => {
  const alive = answering(200, '{"status":"ok","version":"1"}');
  const owners = checkOwners({ vault: answering(503, '<html>'), pay: alive });
  await expect(owners.vault()).rejects.toThrow('it answers 503');
  await expect(owners.pay()).resolves.toBeUndefined();
});

test('a click that is proven to have charged nothing says when to try again', () => {
  const charge = { outcome: 'not-sent', answerCode: 'OVERLOADED' } as Charge;
  const refusal = (): unknown => chargeAnswer({} as CheckoutContext, {} as Session, charge);
  expect(refusal).toThrow(
    expect.objectContaining({
      code: 'OVERLOADED',
      options: { headers: { 'Retry-After': '1' } },
    } satisfies Partial<Refusal>),
  );
});
