// A card payment end to end: tokenised at the Vault, sold by Pay through the sandbox processor over HTTP, durable at each.
// And what we add to the processor's own time: a sale through us beside one at the processor, one after the other.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { saleOf } from '@ozura/e2e/sale';
import type { DevFile } from '@ozura/e2e/system';
import { tokenizeCard } from '@ozura/e2e/tokens';
import { openLog } from '@ozura/kit/log';
import { startSandbox } from '@ozura/sandbox/main';

export interface CardPaymentResult {
  readonly paymentsPerSecond: number;
  /** Of a sale through Pay and the Vault, less that of the same sale at the processor. */
  readonly overheadP50Ms: number;
  readonly overheadP99Ms: number;
}

const payers = 16;
const seconds = 6;
const sales = 300;
const cardNumber = '4242424242424242';

export async function benchCardPayment(dev: DevFile): Promise<CardPaymentResult> {
  const untilMs = performance.now() + seconds * 1000;
  const paid = await Promise.all(Array.from({ length: payers }, () => payUntil(dev, untilMs)));
  const through = await timesOf(async () => {
    const card = await tokenizeCard(dev.vaultUrl, dev.vaultKey, cardNumber);
    return () => sell(dev, card);
  });
  const direct = await timesAtProcessor();
  const overhead = (share: number): number => at(through, share) - at(direct, share);
  return {
    paymentsPerSecond: paid.reduce((sum, count) => sum + count, 0) / seconds,
    overheadP50Ms: overhead(0.5),
    overheadP99Ms: overhead(0.99),
  };
}

async function payUntil(dev: DevFile, untilMs: number): Promise<number> {
  let count = 0;
  for (; performance.now() < untilMs; count += 1) {
    await sell(dev, await tokenizeCard(dev.vaultUrl, dev.vaultKey, cardNumber));
  }
  return count;
}

const sell = (dev: DevFile, card: Parameters<typeof saleOf>[0]): Promise<void> =>
  post(`${dev.payUrl}/cardSale`, saleOf(card, { merchantId: dev.merchantId }), {
    'x-api-key': dev.merchantKey,
    'vault-api-key': dev.vaultKey,
  });

/** The processor of the system has no address of its own; another one of the same kind takes as long. */
async function timesAtProcessor(): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ozura-bench-sandbox-'));
  const log = openLog({ program: 'sandbox', level: 'silent' });
  const sandbox = await startSandbox({ host: '127.0.0.1', port: 0, databaseUrl: join(folder, 'sandbox.db'), log });
  let made = 0;
  const times = await timesOf(async () => {
    made += 1;
    const sale = {
      reference: `B${made}`,
      merchant: 'ozu_bench',
      amount: 1840,
      currency: 'USD',
      card: { number: cardNumber, expMonth: '11', expYear: '39', cvc: '123' },
      billing: { firstName: 'Ines', lastName: 'Duarte', line1: '9 Pier Road', zip: '94607', country: 'US' },
      channel: 'ecommerce',
      initiator: 'customer',
    };
    return () => post(`${sandbox.url}/sales`, sale, {});
  });
  await sandbox.stop();
  rmSync(folder, { recursive: true, force: true });
  return times;
}

/** In ms, the shortest first. What a call needs is made before its time begins. */
async function timesOf(prepare: () => Promise<() => Promise<void>>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < sales; i += 1) {
    const call = await prepare();
    const startedAt = performance.now();
    await call();
    times.push(performance.now() - startedAt);
  }
  return times.sort((one, other) => one - other);
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

/** A refusal is not a result. */
async function post(url: string, body: object, headers: Record<string, string>): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text}`);
}
