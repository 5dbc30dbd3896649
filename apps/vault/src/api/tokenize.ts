// `POST /tokenize` (contract 7.1): one card or bank account in, one token out, in one transaction.
import { limitWindowSeconds } from '@ozura/contract/limits';
import type { TokenizeInput } from '@ozura/contract/vault/tokenize';
import { Refusal } from '@ozura/core/errors';
import { type Handle, together } from '@ozura/kit/db/handle';
import type { Call } from '@ozura/kit/http/route';
import { type AuditEvent, locksOf } from '../audit.ts';
import { actorOf, type KeyCaller, type SessionCaller } from '../callers.ts';
import { isCardRefusal, readBankAccount, readCard } from '../card-data.ts';
import type { VaultContext } from '../context.ts';
import { type PreparedToken, prepareBankAccount, prepareCard } from '../prepare-token.ts';
import { refusedCardsMax, sessionProblem } from '../session-rules.ts';
import { inserting } from '../shared-commits.ts';
import { insertCvcs } from '../store/cvc-entries.ts';
import { countRefusedCard, findSession, type SessionRow, takeUse } from '../store/sessions.ts';
import { insertTokens, storeLaterExpiry } from '../store/tokens.ts';

type Who = KeyCaller | SessionCaller;

export const handleTokenize = (context: VaultContext) => async (call: Call<TokenizeInput, Who>) => {
  const { input, who, request } = call;
  const nowMs = await context.db.now();
  const prepared = await prepare(context, input, who, nowMs);
  const event = {
    merchantId: who.merchantId,
    actor: actorOf(who),
    action: 'tokenize',
    object: prepared.row.token,
    outcome: 'allowed',
    address: request.ip,
    requestId: request.id,
  } as const;
  const expiry = await store(context, { prepared, who, nowMs, event });
  return answer(prepared, expiry, who);
};

interface Storing {
  readonly prepared: PreparedToken;
  readonly who: Who;
  readonly nowMs: number;
  readonly event: AuditEvent;
}

/** One commit: the use of the session, the token, the security code and the record. */
function store({ audit, config }: VaultContext, { prepared, who, nowMs, event }: Storing): Promise<Expiry> {
  const { row, cvc, isKnown } = prepared;
  const session = who.kind === 'session' ? who.session : undefined;
  const expiresAt = nowMs + config.cvcSeconds * 1000;
  return audit.commit({
    event,
    locks: locksOf(row.mintedIn, row.token),
    change: async (tx) => {
      const [, stored] = await together(
        session && useSession(tx, session, nowMs),
        isKnown ? storeLaterExpiry(tx, row) : row,
      );
      if (stored === undefined) throw deletedMeanwhile();
      return stored;
    },
    inserts: [
      ...(isKnown ? [] : [inserting(insertTokens, row)]),
      ...(cvc === undefined ? [] : [inserting(insertCvcs, { ...cvc, ...row, expiresAt })]),
    ],
  });
}

async function prepare(context: VaultContext, input: TokenizeInput, who: Who, nowMs: number): Promise<PreparedToken> {
  const { mode, extraTestCards = [], deduplicatedMerchants = [] } = context.config;
  const origin = {
    merchantId: who.merchantId,
    nowMs,
    session: who.kind === 'session' ? who.session : undefined,
    // Never for a browser: it must not be handed another customer's token.
    deduplicated: who.kind === 'key' && deduplicatedMerchants.includes(who.merchantId),
  };
  try {
    if (input.type === 'bank') return await prepareBankAccount(context, readBankAccount(input.data), origin);
    const card = readCard(input.data, input.maskingConfig, { mode, nowMs, extraTestCards });
    return await prepareCard(context, card, origin);
  } catch (error) {
    if (who.kind === 'session' && isCardRefusal(error)) await countRefusal(context, who.session, nowMs);
    throw error;
  }
}

async function countRefusal({ db }: VaultContext, { keyHash }: SessionRow, nowMs: number): Promise<void> {
  const refused = await db.transact((tx) => countRefusedCard(tx, keyHash, refusedCardsMax, nowMs));
  if (refused <= refusedCardsMax) return;
  // As in every 429 (contract 0.3), though no wait revives this key: with another one the address is counted on.
  throw new Refusal('TOO_MANY_FAILED_ATTEMPTS', { body: { retry_after_seconds: limitWindowSeconds } });
}

/** The use counts with the token or not at all; of calls that came together only as many as are left get one. */
async function useSession(tx: Handle, { keyHash }: SessionRow, nowMs: number): Promise<void> {
  if (await takeUse(tx, keyHash, nowMs)) return;
  throw new Refusal(sessionProblem(await findSession(tx, keyHash), nowMs) ?? 'SESSION_KEY_CONSUMED');
}

/** Between the look for a known card and now. The same call makes a new token. */
const deletedMeanwhile = (): Refusal => new Refusal('OVERLOADED', { headers: { 'Retry-After': '1' } });

type Expiry = Pick<PreparedToken['row'], 'expirationMonth' | 'expirationYear'>;

function answer({ row, isKnown, cvc, shown }: PreparedToken, expiry: Expiry, who: Who) {
  const isCard = row.type === 'card';
  return {
    success: true,
    token: row.token,
    data: isCard
      ? { number: shown, expiration_month: expiry.expirationMonth, expiration_year: expiry.expirationYear }
      : { account_number: shown, routing_number: row.routingNumber },
    mask: isCard ? { card_number: shown } : { account_number: shown },
    ...(cvc === undefined ? {} : { cvc_session_id: cvc.handle }),
    ...(isCard
      ? { bin: row.bin, card: { brand: row.brand, last4: row.last4, funding: row.funding } }
      : { bank: { last4: row.last4 } }),
    // To a browser these would tell whether a card is known.
    ...(who.kind === 'key' ? { fingerprint: row.fingerprint, deduplicated: isKnown } : {}),
  };
}
