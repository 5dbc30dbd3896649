// `GET` and `DELETE` of `/tokens/{token}` and of `/tokens` (contract 7.6); `POST /tokens/find` for Pay.
import { Refusal } from '@ozura/core/errors';
import { hashKey } from '@ozura/kit/auth';
import type { Call } from '@ozura/kit/http/route';
import { actorOf, type KeyCaller, type ServiceCaller } from '../callers.ts';
import type { VaultContext } from '../context.ts';
import { eraseTokens } from '../erasure.ts';
import { listTokensOfCustomer } from '../store/retention.ts';
import { findToken, findTokens, listTokenFacts, type TokenFacts } from '../store/tokens.ts';

type Who = KeyCaller | ServiceCaller;

export const handleGetToken =
  ({ db }: VaultContext) =>
  async ({ params, who }: Call<unknown, Who>) => {
    const token = await findToken(db, params.token ?? '', who.merchantId);
    if (token === undefined) throw new Refusal('TOKEN_NOT_FOUND');
    return { success: true, data: who.kind === 'service' ? shownToService(token) : shown(token) };
  };

export const handleFindTokens =
  ({ db }: VaultContext) =>
  async ({ input, who }: Call<{ readonly tokens: readonly string[] }, ServiceCaller>) => {
    const tokens = await findTokens(db, input.tokens, who.merchantId);
    return { success: true, data: tokens.map(shownToService) };
  };

export const handleListTokens =
  ({ db }: VaultContext) =>
  async ({ input, who }: Call<{ readonly limit: number; readonly after: string | undefined }, Who>) => {
    const tokens = await listTokenFacts(db, who.merchantId, { after: input.after, limit: input.limit + 1 });
    const page = tokens.slice(0, input.limit);
    return { success: true, data: page.map(shown), has_more: tokens.length > page.length };
  };

export const handleDeleteToken = (context: VaultContext) => async (call: Call<unknown, KeyCaller>) => {
  const token = call.params.token ?? '';
  const { merchantId } = call.who;
  const [end] = await context.db.transact((tx) => eraseTokens(context, tx, [{ token, merchantId }], erasureBy(call)));
  if (end === 'unknown') throw new Refusal('TOKEN_NOT_FOUND');
  if (end === 'held') throw new Refusal('TOKEN_IN_USE');
  return { success: true, data: { deleted: true } };
};

/** Tokens of one customer in one commit. */
const batch = 100;

/** Some may be deleted when it stops in the middle; the next call deletes the rest. The last line certifies. */
export const handleDeleteTokensOfCustomer =
  (context: VaultContext) => async (call: Call<{ readonly customer_id: string }, KeyCaller>) => {
    const { db, config, audit } = context;
    const customerId = call.input.customer_id;
    const { merchantId } = call.who;
    const erasure = erasureBy(call);
    const counts = { deleted: 0, inUse: 0 };
    for (let after: string | undefined = ''; after !== undefined; ) {
      const tokens = await listTokensOfCustomer(db, { merchantId, customerId }, after, batch);
      const ends = await db.transact((tx) => eraseTokens(context, tx, tokens, erasure));
      counts.deleted += ends.filter((end) => end === 'erased').length;
      counts.inUse += ends.filter((end) => end === 'held').length;
      after = tokens.length < batch ? undefined : tokens.at(-1)?.token;
    }
    // A keyed hash: the log outlives what was erased.
    const customer = hashKey(config.pepper, `${merchantId}/${customerId}`).slice(0, 32);
    const object = `customer:${customer} deleted:${counts.deleted} in_use:${counts.inUse}`;
    const certificate = { ...erasure, merchantId, action: 'erase_customer', object, outcome: 'allowed' } as const;
    await db.transact(async (tx) => audit.record(tx, certificate, await tx.now()));
    return { success: true, data: counts };
  };

const erasureBy = ({ who, request }: Pick<Call<unknown, KeyCaller>, 'who' | 'request'>) => ({
  actor: actorOf(who),
  action: 'delete_token' as const,
  address: request.ip,
  requestId: request.id,
});

/** In a browser the fingerprint would tell a thief whether a card is known; our programs stop guessing with it. */
const shownToService = (token: TokenFacts) => ({
  ...shown(token),
  ...(token.fingerprint === null ? {} : { fingerprint: token.fingerprint }),
});

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
