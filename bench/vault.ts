// The Vault: making a token, and a rotation of the keys of all tokens while tokens are made.
import type { DevFile } from '@ozura/e2e/system';
import { type ByClient, compareByClient } from './against-null.ts';
import { type Measured, measure } from './load.ts';

export const tokenizing = (dev: Pick<DevFile, 'vaultUrl' | 'vaultKey' | 'pubKey'>) => ({
  method: 'POST' as const,
  url: `${dev.vaultUrl}/tokenize`,
  headers: { 'content-type': 'application/json', 'x-api-key': dev.vaultKey, 'x-pub-key': dev.pubKey },
  body: JSON.stringify({
    type: 'card',
    data: { cardNumber: '4242424242424242', expirationMonth: '11', expirationYear: '2035', cvv: '123' },
  }),
});

export const benchTokenize = (dev: DevFile): Promise<ByClient> => compareByClient(tokenizing(dev));

export interface RotationResult {
  readonly records: number;
  readonly recordsPerSecond: number;
  /** Of the requests beside it, without and with the rotation. */
  readonly idle: Measured;
  readonly busy: Measured;
}

/** Few enough that the machine is not full without the rotation. */
const connections = 8;
const seconds = 4;
/** To count what is left takes longer the more there is, and holds up requests. */
const lookEveryMs = 250;

/** On the tokens that the bench before it has made. */
export async function benchRotation(dev: DevFile): Promise<RotationResult> {
  const load = { ...tokenizing(dev), connections, seconds };
  const idle = await measure(load);
  const records = (await rotation(dev, 'POST', { dry_run: true })).records_left;
  const traffic = measure(load);
  const startedAt = performance.now();
  const { started } = await rotation(dev, 'POST', {});
  if (started !== true) throw new Error('no rotation has started: the one before still destroys its keys');
  while ((await rotation(dev, 'GET')).records_left > 0)
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  const tookSeconds = (performance.now() - startedAt) / 1000;
  return { records, recordsPerSecond: records / tookSeconds, idle, busy: await traffic };
}

interface Progress {
  readonly records_left: number;
  readonly started?: boolean;
}

async function rotation(dev: DevFile, method: string, body?: object): Promise<Progress> {
  const answer = await fetch(`${dev.vaultUrl}/keys/rotation`, {
    method,
    headers: { authorization: `Bearer ${dev.adminToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return ((await answer.json()) as { data: Progress }).data;
}
