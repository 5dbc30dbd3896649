// Money that a merchant gives back in the pages of his processor: the books are compared with the processor's lists, once
// more a week later, and say so; without lists by asking about what was in doubt (contract 12.4).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROCESSOR_HOSTS } from '@ozura/core/processor-hosts';
import { Secret } from '@ozura/core/secret';
import { openLog } from '@ozura/kit/log';
import { openNuvei } from '@ozura/pay/processors/nuvei/index';
import type { ProcessorAnswer, VoidInput } from '@ozura/pay/processors/port';
import { SIMULATED_CREDENTIALS } from '@ozura/simulators/credentials';
import { type RunningSimulator, startSimulator } from '@ozura/simulators/main';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setPayClock } from './pay-clock.ts';
import { type PaymentPrograms, startPaymentPrograms } from './payment-programs.ts';
import { saleOf } from './sale.ts';

const dayMs = 86_400_000;
const beginningMs = Date.parse('2027-03-01T10:00:00Z');
let folder: string;
let programs: PaymentPrograms;
let simulator: RunningSimulator;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ozura-elsewhere-'));
  simulator = await startSimulator('nuvei', openLog({ program: 'test', level: 'silent' }));
  const hosts = { ...PROCESSOR_HOSTS.test, nuvei: simulator.address };
  programs = await startPaymentPrograms(join(folder, 'pay.db'), [], hosts);
});
afterAll(async () => {
  await programs?.stop();
  await simulator?.stop();
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

/** As the merchant does it in the pages of Nuvei. */
async function voidByHand(reference: string): Promise<string> {
  const credentials = Object.entries(SIMULATED_CREDENTIALS.nuvei).map(([name, value]) => [name, new Secret(value)]);
  const access = { credentials: Object.fromEntries(credentials), nowMs: Date.now() };
  const about: VoidInput = { reference, account: '', amountMinor: 1840n, currency: 'USD', voidReference: 'BY-HAND' };
  const answers: ProcessorAnswer[] = [];
  for (;;) {
    const step = openNuvei(simulator.address).void(about, answers, access);
    if ('done' in step) return step.done.kind;
    const { url, method, body } = step.send;
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
    answers.push({ status: answer.status, body: await answer.json() });
  }
}

test('at a processor without lists a void is found that was refused to us, and done all the same', async () => {
  const { merchantId } = programs.merchant;
  const credentials = { credentials: SIMULATED_CREDENTIALS.nuvei, by: 'test' };
  await programs.asOperator('PUT', `/admin/merchants/${merchantId}/processors/nuvei`, credentials);
  await passDays(40);
  const sold = await programs.sell(saleOf(await programs.tokenize('4242424242424242'), { processor: 'nuvei' }));
  const { transactionId } = sold.body.data;
  const plan = { operation: 'void', steps: ['decline:generic_decline'] };
  const headers = { 'content-type': 'application/json' };
  await fetch(`${simulator.url}/control/steps`, { method: 'POST', headers, body: JSON.stringify(plan) });
  expect((await programs.asCheckout('POST', '/cardVoid', { merchantId, transactionId })).status).toBe(503);
  const before = (await differences()).length;
  await passDays(41);
  expect((await differences()).length).toBe(before);
  expect(await voidByHand(transactionId)).toBe('voided');
  await passDays(48);
  expect(await differences()).toContainEqual(
    expect.objectContaining({ kind: 'undone_at_processor', attemptId: transactionId, amount: '18.40' }),
  );
});
