// The installation that `ozura start` runs, for commands that act as its sandbox merchant: found by `DATA_DIR/dev.json`.
import { resolve } from 'node:path';
import { type Answer, type CallOptions, type Client, NoAnswer, openClient } from '@ozura/contract/client';
import type { Endpoint, OutputOf } from '@ozura/contract/endpoint';
import { readEnv } from '@ozura/kit/env';
import { openOutbound } from '@ozura/kit/fetch';
import type { TSchema } from 'typebox';
import { CannotStart } from './cannot-start.ts';
import { type DevFile, readDevFile } from './dev-file.ts';

export interface Development {
  readonly dev: Readonly<Record<keyof DevFile, string>>;
  /** Asks Checkout with both keys; what it refuses ends the command with its reason. */
  readonly call: Call;
  /** The same of Pay, with the merchant's key. */
  readonly callPay: Call;
}

type Call = <Output extends TSchema>(
  endpoint: Endpoint<unknown, Output>,
  options?: CallOptions,
) => Promise<OutputOf<{ output: Output }>>;

export async function inDevelopment(work: (development: Development) => Promise<void>): Promise<void> {
  const env = readEnv();
  const dataDir = resolve(env.text('DATA_DIR', 'data'));
  env.finish();
  const dev = readDevFile(dataDir) as Development['dev'] | undefined;
  if (dev === undefined) throw new CannotStart(`no installation: ${dataDir}/dev.json is not there`);
  const outbound = openOutbound();
  const callAt = (url: string, headers: Record<string, string>): Call => {
    const client = openClient(url, outbound.send, headers);
    return (endpoint, options) => callOf(client, url, { endpoint, options });
  };
  const { checkoutUrl, payUrl, vaultKey, merchantKey } = dev;
  try {
    await work({
      dev,
      call: callAt(checkoutUrl, { 'x-api-key': vaultKey, 'x-ozura-api-key': merchantKey }),
      callPay: callAt(payUrl, { 'x-api-key': merchantKey }),
    });
  } finally {
    await outbound.close();
  }
}

interface Asked<Output extends TSchema> {
  readonly endpoint: Endpoint<unknown, Output>;
  readonly options: CallOptions | undefined;
}

async function callOf<Output extends TSchema>(client: Client, url: string, { endpoint, options }: Asked<Output>) {
  const answer: Answer<Output> = await client.call(endpoint, options).catch((error: unknown) => {
    if (error instanceof NoAnswer) throw new CannotStart(`nothing answers at ${url}: is the installation running?`);
    throw error;
  });
  if (answer.ok) return answer.body;
  throw new CannotStart(answer.body.details?.join('\n') ?? answer.body.error ?? `refused with ${answer.status}`);
}
