// `GET /imports/key` and `POST /imports`: tokens of another installation come in under their own names. A card that
// `POST /tokenize` would refuse is refused here too.
import { invalidValue } from '@ozura/contract/vault/reader';
import { ERRORS, Refusal } from '@ozura/core/errors';
import type { Call } from '@ozura/kit/http/route';
import type { AuditEvent } from '../audit.ts';
import { operatorOf } from '../auth.ts';
import { readBankAccount, readCard } from '../card-data.ts';
import type { VaultContext } from '../context.ts';
import { installation } from '../keys/key-rules.ts';
import { prepareBankAccount, prepareCard } from '../prepare-token.ts';
import { insertToken, isTokenKnown, type NewToken } from '../store/tokens.ts';
import { readPart, type TransferredToken } from '../transfer/part.ts';
import { type ImportKey, openImportKey } from '../transfer/recipient.ts';

export const handleGetImportKey = (context: VaultContext) => async () => ({
  success: true,
  data: (await importKey(context)).publicJwk,
});

const importKey = async ({ keys }: VaultContext): Promise<ImportKey> =>
  openImportKey((await keys.current('import', installation)).key);

export const handleImportTokens =
  (context: VaultContext) =>
  async ({ input, request }: Call<{ readonly jwe: string }, undefined>) => {
    const { db, audit } = context;
    const key = await importKey(context);
    const part = readPart(await key.decrypt(input.jwe));
    if (part === undefined) throw invalidValue('jwe');
    const rows: NewToken[] = [];
    for (const [index, token] of part.tokens.entries()) rows.push(await prepared(context, token, index));
    const imported = await db.transact(async (tx) => {
      const event = { actor: operatorOf(request), action: 'import_token', outcome: 'allowed' } as const;
      const where = { address: request.ip, requestId: request.id };
      const events: AuditEvent[] = [];
      for (const row of rows) {
        if (await isTokenKnown(tx, row.token)) continue;
        await insertToken(tx, row);
        events.push({ ...event, ...where, merchantId: row.merchantId, object: row.token });
      }
      await audit.recordAll(tx, events, await tx.now());
      return events.length;
    });
    const { exportId, last } = part;
    return {
      success: true,
      data: { export_id: exportId, part: part.part, last, imported, known: rows.length - imported },
    };
  };

async function prepared(context: VaultContext, token: TransferredToken, index: number): Promise<NewToken> {
  const { mode, extraTestCards = [] } = context.config;
  const { merchantId, type, values, createdAt: nowMs, ...imported } = token;
  const origin = { merchantId, nowMs, session: undefined, deduplicated: false, imported };
  try {
    if (type === 'bank') return (await prepareBankAccount(context, readBankAccount(values), origin)).row;
    // As of its making: a card that has expired since is still the card that it was.
    const card = readCard(values, undefined, { mode, nowMs, extraTestCards });
    return (await prepareCard(context, card, origin)).row;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(error.code, {
      message: `tokens[${index}]: ${error.options.message ?? ERRORS[error.code].message}`,
    });
  }
}
