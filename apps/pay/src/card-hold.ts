// Honours the advice `never` (contract 8.3): a card that its bank has given up is not asked about again at this merchant
// for as long as the networks' rules say, whoever initiates the charge.
import { meaningOf } from '@ozura/core/attempt-decline';
import type { Decline } from '@ozura/core/attempt-outcome';
import type { Writing } from '@ozura/kit/db/handle';
import type { PayContext } from './context.ts';
import type { PreparedSale } from './prepared-sale.ts';
import type { Attempt } from './store/attempts.ts';
import { findHeldDecline, putCardHold } from './store/card-holds.ts';

const dayMs = 24 * 60 * 60 * 1000;

type SoldCard = Pick<PreparedSale, 'token' | 'cardFingerprint'>;

const cardKeyOf = ({ token, cardFingerprint }: SoldCard): string => cardFingerprint ?? token;

/** In the commit that records the decline. */
export async function holdCard(
  tx: Writing,
  { attempt, sale, nowMs }: { readonly attempt: Attempt; readonly sale: SoldCard; readonly nowMs: number },
): Promise<void> {
  const { state, outcome, merchantId, attemptId } = attempt;
  if (state !== 'DECLINED' || outcome?.kind !== 'declined' || outcome.staged === true) return;
  const { heldDays } = meaningOf(outcome.declineCode);
  if (heldDays === undefined) return;
  const untilMs = nowMs + heldDays * dayMs;
  const card = { merchantId, cardKey: cardKeyOf(sale) };
  await putCardHold(tx, { ...card, attemptId, decline: outcome, fromMs: nowMs, untilMs });
}

/** What this card was declined with for good, before an attempt that is not sent yet. */
export const findStandingDecline = (
  { db }: PayContext,
  { merchantId, checksFromMs: reservedAtMs }: Attempt,
  sale: SoldCard,
): Promise<Decline | undefined> => findHeldDecline(db, { merchantId, cardKey: cardKeyOf(sale) }, reservedAtMs);
