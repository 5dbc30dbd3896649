// Money that a merchant gives back in the pages of his processor, days after its sale was compared: the books are compared
// once more a week later, and say so (contract 12.4).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setPayClock } from './pay-clock.ts';
import { type PaymentPrograms, startPaymentPrograms } from './payment-programs.ts';
import { saleOf } from './sale.ts';

const dayMs = 86_400_000;
const beginningMs = Date.parse('2027-03-01T10:00:00Z');
let folder: string;
let programs: PaymentPrograms;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ozura-elsewhere-'));
  programs = await startPaymentPrograms(join(folder, 'pay.db'));
});
afterAll(async () => {
  await programs?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const passDays = async (days: number): Promise<void> => {
  await setPayClock(programs, beginningMs + days * dayMs);
  await programs.asCheckout('POST', '/test/clock/run', { afterMs: beginningMs });
};
const differences = async () =>
  (await programs.asOperator('GET', '/admin/discrepancies')).body.data as unknown as Record<string, string>[];

test('a refund that only the processor knows of is found within a week', async () => {
  await setPayClock(programs, beginningMs);
  const sold = await programs.sell(saleOf(await programs.tokenize('4242424242424242')));
  const attemptId = sold.body.data.transactionId;
  await passDays(1);
  expect(await differences()).toEqual([]);
  const [booking] = (await programs.journal()).filter(({ reference }) => reference === attemptId);
  const answer = await fetch(`${programs.sandboxUrl}/refunds`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ reference: 'BY-HAND', merchant: programs.merchant.merchantId, transactionId: booking?.transactionId },
      ...{ amount: 500, currency: 'USD' },
    }),
  });
  expect([answer.status, await answer.json()]).toMatchObject([200, { status: 'approved' }]);
  await passDays(6);
  expect(await differences()).toEqual([]);
  await passDays(8);
  expect(await differences()).toMatchObject([{ kind: 'refunds_differ', attemptId, amount: '5.00' }]);
});
