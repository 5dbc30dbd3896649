// `POST /test-tokens` (contract 7.2): a test card and its code, for integration tests that run for a year.
import { missingField } from '@ozura/contract/vault/reader';
import { Refusal } from '@ozura/core/errors';
import { hashKey } from '@ozura/kit/auth';
import type { Call } from '@ozura/kit/http/route';
import { actorOf, type KeyCaller } from '../callers.ts';
import { readTestCard } from '../card-data.ts';
import type { VaultContext } from '../context.ts';
import { newTestHandle, sealTestCode } from '../crypto/test-code.ts';
import { prepareCard } from '../prepare-token.ts';
import { insertTestCode } from '../store/test-codes.ts';
import { insertToken } from '../store/tokens.ts';

const yearMs = 365 * 24 * 60 * 60 * 1000;

export const handleCreateTestToken =
  (context: VaultContext) =>
  async ({ input, who, request }: Call<Readonly<Record<string, unknown>>, KeyCaller>) => {
    if (!who.application.permissions.tokenization) throw new Refusal('PERMISSION_DENIED');
    const { db, config, keys, random, audit } = context;
    const { merchantId } = who;
    const nowMs = await db.now();
    const { code, ...card } = readTestCard(input, nowMs);
    if (code === undefined) throw missingField('cvc');
    const { row, shown } = await prepareCard(
      context,
      { ...card, code: undefined },
      { merchantId, nowMs, session: undefined, deduplicated: false },
    );
    const handle = newTestHandle(random);
    const owner = { merchantId, token: row.token };
    const sealed = sealTestCode(await keys.current('test-code', merchantId), code.open(), owner, random);
    const event = { merchantId, actor: actorOf(who), action: 'create_test_token', object: row.token } as const;
    await db.transact(async (tx) => {
      await insertToken(tx, row);
      await insertTestCode(tx, { ...owner, lookupId: hashKey(config.pepper, handle) }, sealed, nowMs + yearMs);
      await audit.record(tx, { ...event, outcome: 'allowed', address: request.ip, requestId: request.id }, nowMs);
    });
    return {
      success: true,
      token: row.token,
      cvc_session_id: handle,
      mask: { card_number: shown },
      bin: row.bin,
      test_mode: true,
      expires_in: '1 year (test session)',
    };
  };
