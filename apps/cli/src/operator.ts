// How an operator's command reaches a running installation: through the programs' own routes, because an embedded
// database has one writer (decision 0008).
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { type Answer, type CallOptions, type Client, NoAnswer, openClient, type Send } from '@ozura/contract/client';
import type { Endpoint } from '@ozura/contract/endpoint';
import { isObject } from '@ozura/core/validation';
import { readEnv } from '@ozura/kit/env';
import { openOutbound } from '@ozura/kit/fetch';
import type { Static, TSchema } from 'typebox';
import { CannotStart } from './cannot-start.ts';
import { readPrivateFile } from './private-file.ts';

export interface Installation {
  /** The success body; a refusal ends the command with its text. */
  call<Output extends TSchema>(endpoint: Endpoint<unknown, Output>, options?: CallOptions): Promise<Static<Output>>;
}

interface Access {
  readonly payUrl: string;
  readonly vaultUrl: string;
  readonly adminToken: string;
}

/** Characters that the log of the Vault takes. */
const operatorMax = 64;

/** Runs `work` with the installation that the environment names, else with the one that `ozura start` has written down. */
export async function withInstallation(
  work: (installation: Installation) => Promise<void>,
  operator: string,
): Promise<void> {
  const access = readAccess();
  const outbound = openOutbound();
  try {
    await work(openInstallation(access, outbound.send, operator));
  } finally {
    await outbound.close();
  }
}

export function openInstallation({ payUrl, vaultUrl, adminToken }: Access, send: Send, operator: string): Installation {
  const headers = {
    authorization: `Bearer ${adminToken}`,
    'x-operator': operator.replace(/[^\w.@-]/g, '_').slice(0, operatorMax),
  };
  const urls = { pay: payUrl, vault: vaultUrl } as const;
  const clients = { pay: openClient(payUrl, send, headers), vault: openClient(vaultUrl, send, headers) } as const;
  return {
    async call(endpoint, options) {
      const { service } = endpoint;
      if (service === 'checkout') throw new Error('Checkout has no operator');
      return bodyOf(await answerOf(clients[service], endpoint, options, urls[service]));
    },
  };
}

async function answerOf<Output extends TSchema>(
  client: Client,
  endpoint: Endpoint<unknown, Output>,
  options: CallOptions | undefined,
  url: string,
): Promise<Answer<Output>> {
  try {
    return await client.call(endpoint, options);
  } catch (error) {
    if (error instanceof NoAnswer) throw new CannotStart(`nothing answers at ${url}: is the installation running?`);
    throw error;
  }
}

function bodyOf<Output extends TSchema>(answer: Answer<Output>): Static<Output> {
  if (answer.ok) return answer.body;
  const { details, error, message, errorCode } = answer.body;
  throw new CannotStart(
    details?.join('\n') ?? error ?? message ?? `refused with ${answer.status} ${errorCode ?? ''}`.trim(),
  );
}

function readAccess(): Access {
  const env = readEnv();
  const path = join(resolve(env.text('DATA_DIR', 'data')), 'dev.json');
  const dev = env.has('ADMIN_TOKEN') ? undefined : parsed(readPrivateFile(path));
  const access =
    dev === undefined
      ? {
          payUrl: env.text('PAY_URL', 'http://localhost:4002'),
          vaultUrl: env.text('VAULT_URL', 'http://localhost:4001'),
          adminToken: env.has('ADMIN_TOKEN') ? env.secret('ADMIN_TOKEN') : '',
        }
      : { payUrl: String(dev.payUrl), vaultUrl: String(dev.vaultUrl), adminToken: String(dev.adminToken) };
  env.finish();
  if (access.adminToken !== '') return access;
  throw new CannotStart(
    `no installation: ${path} is not there, and neither ADMIN_TOKEN nor ADMIN_TOKEN_FILE is set (with PAY_URL, VAULT_URL)`,
  );
}

function parsed(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const read: unknown = text === undefined ? undefined : JSON.parse(text);
    return isObject(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

/** Who stands in the audit log: `--by`, else the user of this machine. */
export const operatorName = (words: { text(name: string): string | undefined }): string =>
  words.text('by') ?? userInfo().username;
