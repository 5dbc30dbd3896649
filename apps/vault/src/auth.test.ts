// The work behind a key check is the same whatever was sent: time must not tell how much of a guess is right.

import type { Refusal } from '@ozura/core/errors';
import { startTestVault, type TestVault } from '@ozura/e2e/vault';
import type { Database, Statement } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openAuthentication } from './auth.ts';
import type { VaultContext } from './context.ts';

let vault: TestVault;
let db: Database;
let asked: string[] = [];

beforeAll(async () => {
  vault = await startTestVault();
  db = await openDatabase({ url: vault.config.databaseUrl });
});
afterAll(async () => {
  await db.close();
  await vault.stop();
});

/** The Vault's own check over its own database, which tells what it is asked, without the values. */
function watched() {
  const { config } = vault;
  const telling: Pick<Database, 'one' | 'now'> = {
    one: (statement: Statement) => {
      asked.push(statement.text);
      return db.one(statement);
    },
    now: () => {
      asked.push('now');
      return db.now();
    },
  };
  const context = { config, db: telling, log: config.log } as unknown as VaultContext;
  return openAuthentication(context, { guard: async (_address, authenticate) => authenticate() });
}

type Asked = Parameters<ReturnType<typeof watched>['key']>[0];

async function check(which: 'key' | 'tokenizer', headers: Record<string, string>) {
  asked = [];
  const request = { ip: '192.0.2.1', headers } as unknown as Asked;
  const result = await watched()
    [which](request)
    .then(
      () => 'good',
      ({ code }: Refusal) => code,
    );
  return { result, asked };
}

it('for a vault key, whether its beginning, its mode, its whole or nothing of it is right', async () => {
  const { key } = await vault.createApplication('ozu_bluekettle');
  const good = await check('key', { 'x-api-key': key });
  expect([good.result, good.asked.length]).toEqual(['good', 1]);
  const guesses = [
    `${key.slice(0, -1)}${key.endsWith('x') ? 'y' : 'x'}`,
    key.replace('_test_', '_live_'),
    `${key.slice(0, 13)}${'A'.repeat(52)}`,
    'key_nobody12_test_pvt_0000000000000000000000000000000000000000000',
    'x',
    `${key}${key}`,
  ];
  for (const guess of guesses) {
    expect(await check('key', { 'x-api-key': guess })).toEqual({ result: 'INVALID_CREDENTIALS', asked: good.asked });
  }
});

it('for a session key', async () => {
  const session = await vault.mintSession('ozu_bluekettle');
  const origin = new URL(vault.config.urls.elementsUrl).origin;
  const good = await check('tokenizer', { 'x-session-key': session, origin });
  expect([good.result, good.asked.length]).toEqual(['good', 2]);
  for (const guess of [`${session.slice(0, -1)}${session.endsWith('x') ? 'y' : 'x'}`, 'vs_', 'x']) {
    const { result, asked: again } = await check('tokenizer', { 'x-session-key': guess, origin });
    expect([result, again]).toEqual(['SESSION_KEY_INVALID', good.asked]);
  }
});
