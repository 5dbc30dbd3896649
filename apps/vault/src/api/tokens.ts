// `GET /tokens`, `GET /tokens/{token}` and `DELETE /tokens/{token}` (contract 7.6).
import { Refusal } from '@ozura/core/errors';
import type { Call } from '@ozura/kit/http/route';
import { actorOf, type KeyCaller, type ServiceCaller } from '../callers.ts';
import type { VaultContext } from '../context.ts';
import { deleteCvcOfToken } from '../store/cvc-entries.ts';
import { deleteTestCodesOfToken } from '../store/test-codes.ts';
import { destroyToken, findToken, listTokenFacts, type TokenFacts, wasDeleted } from '../store/tokens.ts';

type Who = KeyCaller | ServiceCaller;

export const handleGetToken =
  ({ db }: VaultContext) =>
  async ({ params, who }: Call<unknown, Who>) => {
    const token = await findToken(db, params.token ?? '', who.merchantId);
    if (token === undefined) throw new Refusal('TOKEN_NOT_FOUND');
    return { success: true, data: shown(token) };
  };

export const handleListTokens =
  ({ db }: VaultContext) =>
  async ({ input, who }: Call<{ readonly limit: number; readonly after: string | undefined }, Who>) => {
    const tokens = await listTokenFacts(db, who.merchantId, { after: input.after, limit: input.limit + 1 });
    const page = tokens.slice(0, input.limit);
    return { success: true, data: page.map(shown), has_more: tokens.length > page.length };
  };

export const handleDeleteToken =
  ({ db, audit }: VaultContext) =>
  async ({ params, who, request }: Call<unknown, KeyCaller>) => {
    const { token = '' } = params;
    const { merchantId } = who;
    const nowMs = await db.now();
    await db.transact(async (tx) => {
      if (!(await destroyToken(tx, token, merchantId, nowMs))) {
        if (await wasDeleted(tx, token, merchantId)) return;
        throw new Refusal('TOKEN_NOT_FOUND');
      }
      await deleteCvcOfToken(tx, token, merchantId);
      await deleteTestCodesOfToken(tx, token);
      const event = {
        merchantId,
        actor: actorOf(who),
        action: 'delete_token',
        object: token,
        outcome: 'allowed',
      } as const;
      await audit.record(tx, { ...event, address: request.ip, requestId: request.id }, nowMs);
    });
    return { success: true, data: { deleted: true } };
  };

function shown(token: TokenFacts) {
  const { sessionId, orderId, customerId, cartId, country } = token;
  return {
    token: token.token,
    type: token.type,
    ...(token.type === 'card' ? shownCard(token, country) : shownBank(token)),
    ...(sessionId === null ? {} : { session_id: sessionId }),
    ...(orderId === null ? {} : { order_id: orderId }),
    ...(customerId === null ? {} : { customer_id: customerId }),
    ...(cartId === null ? {} : { cart_id: cartId }),
    created_at: new Date(token.createdAt).toISOString(),
  };
}

const shownCard = ({ mask, bin, brand, last4, funding, ...token }: TokenFacts, country: string | null) => ({
  mask: { card_number: mask },
  bin,
  card: { brand, last4, funding, ...(country === null ? {} : { country }) },
  expiration_month: token.expirationMonth,
  expiration_year: token.expirationYear,
});

const shownBank = ({ mask, last4, accountType, routingNumber }: TokenFacts) => ({
  mask: { account_number: mask },
  bank: { last4, account_type: accountType },
  routing_number: routingNumber,
});
