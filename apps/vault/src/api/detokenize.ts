// `POST /detokenize` (contract 7.6): the record that it happened is on disk before the data leaves.
import { Refusal } from '@ozura/core/errors';
import type { Call } from '@ozura/kit/http/route';
import { actorOf, type KeyCaller } from '../callers.ts';
import type { VaultContext } from '../context.ts';
import { holderField, numberField, openValue } from '../sealed-value.ts';
import { findSealedToken, type SealedToken } from '../store/tokens.ts';

export const handleDetokenize =
  (context: VaultContext) =>
  async ({ input, who, request }: Call<{ readonly token: string }, KeyCaller>) => {
    const { db, audit } = context;
    const { merchantId, application } = who;
    const isAllowed = application.permissions.detokenization;
    const token = await findSealedToken(db, input.token, merchantId);
    if (isAllowed && token === undefined) throw new Refusal('TOKEN_NOT_FOUND');
    const event = {
      merchantId,
      actor: actorOf(who),
      action: 'detokenize',
      // What is no token of theirs may be anything, a card number too.
      object: token?.token ?? 'unknown',
      // A try without the permission is worth a record too.
      outcome: isAllowed ? 'allowed' : 'refused',
      address: request.ip,
      requestId: request.id,
    } as const;
    await db.transact(async (tx) => audit.record(tx, event, await tx.now()));
    if (!isAllowed || token === undefined) throw new Refusal('PERMISSION_DENIED');
    return { success: true, data: await inClear(context, merchantId, token) };
  };

async function inClear(context: VaultContext, merchantId: string, token: SealedToken) {
  const open = (sealed: Uint8Array, field: string) =>
    openValue(context, { merchantId, token: token.token }, sealed, field);
  const digits = await open(token.sealedNumber, numberField);
  if (token.type === 'card') {
    return { number: digits, expiration_month: token.expirationMonth, expiration_year: token.expirationYear };
  }
  const holder = token.sealedHolder === null ? {} : JSON.parse(await open(token.sealedHolder, holderField));
  return {
    account_number: digits,
    routing_number: token.routingNumber,
    account_type: token.accountType,
    first_name: holder.firstName,
    last_name: holder.lastName,
  };
}
