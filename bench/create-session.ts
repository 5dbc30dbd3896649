// Create session, durable, at concurrency 32, as a ratio to a null Fastify POST with the same body and answer.
import { join } from 'node:path';
import type { DevFile } from '@ozura/e2e/system';
import { type Measured, measure, median } from './load.ts';
import { root, startProgram } from './program.ts';

const connections = 32;
const seconds = 4;
const rounds = 3;

export interface CreateSessionResult {
  readonly ratio: number;
  readonly ours: Measured;
  readonly yardstick: Measured;
}

/** The two take turns, so that a machine that slows down slows both. */
export async function benchCreateSession(dev: DevFile): Promise<CreateSessionResult> {
  const body = JSON.stringify({
    merchantId: dev.merchantId,
    merchantName: 'Blue Kettle',
    amount: '18.40',
    successUrl: 'https://shop.example/thanks',
    cancelUrl: 'https://shop.example/cart',
    errorUrl: 'https://shop.example/error',
    metadata: { cart: 'c-771' },
  });
  const headers = {
    'content-type': 'application/json',
    'x-api-key': dev.vaultKey,
    'x-ozura-api-key': dev.merchantKey,
  };
  const url = `${dev.checkoutUrl}/api/sessions/create`;
  const sample = await fetch(url, { method: 'POST', headers, body });
  const nothing = await startProgram([join(root, 'bench/null-server.ts'), await sample.text()], () => true);
  const ours: Measured[] = [];
  const yardstick: Measured[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const load = { method: 'POST', headers, body, connections, seconds } as const;
    yardstick.push(await measure({ ...load, url: `${nothing.line}/null` }));
    ours.push(await measure({ ...load, url }));
  }
  await nothing.stop();
  return {
    ratio: median(ours.map((one, i) => ratioOf(one, yardstick[i]))),
    ours: middle(ours),
    yardstick: middle(yardstick),
  };
}

const ratioOf = (one: Measured, other: Measured | undefined): number =>
  one.requestsPerSecond / (other?.requestsPerSecond ?? Number.NaN);

const middle = (runs: readonly Measured[]): Measured => ({
  requestsPerSecond: median(runs.map((run) => run.requestsPerSecond)),
  p50Ms: median(runs.map((run) => run.p50Ms)),
  p99Ms: median(runs.map((run) => run.p99Ms)),
});
