// Destroys tokens that have had their time: those of hosted pages a day after their session, and by the operator's
// policy cards that expired and tokens that nobody used (contract 7.6, PCI DSS 3.2.1).
import type { Job } from '@ozura/kit/jobs';
import type { VaultContext } from '../context.ts';
import { eraseTokens } from '../erasure.ts';
import { type ErasableToken, listExpiredBefore, listPurgeable, listUnusedSince } from '../store/retention.ts';

const everyMs = 60_000;
/** One commit each. */
const batch = 100;
const dayMs = 24 * 60 * 60 * 1000;

export const purgeTokens = (context: VaultContext): Job => ({
  name: 'purge-tokens',
  everyMs,
  run: async (stopping) => {
    const { db, config } = context;
    const { expiredCardDays = 0, unusedTokenDays = 0 } = config;
    const nowMs = await db.now();
    await purge(context, stopping, () => listPurgeable(db, nowMs, batch));
    if (expiredCardDays > 0) {
      const before = monthOf(nowMs - expiredCardDays * dayMs);
      await purge(context, stopping, () => listExpiredBefore(db, before, batch));
    }
    if (unusedTokenDays > 0) {
      await purge(context, stopping, () => listUnusedSince(db, nowMs - unusedTokenDays * dayMs, batch));
    }
  },
});

/** A card is good through the last day of its month: one of an earlier month expired before this time. */
function monthOf(timeMs: number): { year: string; month: string } {
  const [year = '', month = ''] = new Date(timeMs).toISOString().split('-');
  return { year, month };
}

async function purge(context: VaultContext, stopping: AbortSignal, due: () => Promise<ErasableToken[]>): Promise<void> {
  for (let isMore = true; isMore && !stopping.aborted; ) {
    const found = await due();
    const erasure = { action: 'purge_token', actor: 'vault', address: '', requestId: '' } as const;
    const ends = await context.db.transact((tx) => eraseTokens(context, tx, found, erasure));
    // What was held meanwhile is found again, and again not destroyed.
    isMore = found.length === batch && ends.includes('erased');
  }
}
