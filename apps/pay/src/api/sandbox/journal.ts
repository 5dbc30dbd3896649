// `GET /sandbox/journal` and `POST /sandbox/settlements` (contract 14.6): the books of the sandbox. Test mode only.
import type { InputOf } from '@ozura/contract/endpoint';
import type { getSandboxJournal, settleSandbox } from '@ozura/contract/pay/sandbox-programs';
import { formatMoney } from '@ozura/core/money';
import type { Call } from '@ozura/kit/http/route';
import type { Caller } from '../../authentication.ts';
import type { PayContext } from '../../context.ts';
import { askSandbox, merchantOf } from '../../sandbox.ts';

type Question = Call<InputOf<typeof getSandboxJournal>, Caller>;
type Settle = Call<InputOf<typeof settleSandbox>, Caller>;

export async function readJournal(context: PayContext, call: Question): Promise<unknown> {
  const { after = '0', limit } = call.input;
  const merchant = merchantOf(call);
  const entries: Entry[] = [];
  for (let next: string | undefined = after; next !== undefined; ) {
    const page = await readPage(context, { merchant, after: next, limit: limit ?? String(pageSize) });
    entries.push(...page);
    const isMore = limit === undefined && page.length === pageSize && entries.length < entriesMax;
    next = isMore ? String(page.at(-1)?.entryNumber) : undefined;
  }
  return { success: true, data: entries.map(bookingOf) };
}

/** Below what one answer of another program may weigh. */
const pageSize = 1_000;
const entriesMax = 50_000;

async function readPage(context: PayContext, query: Record<string, string>): Promise<readonly Entry[]> {
  const { entries } = await askSandbox(context, 'GET', `/journal?${new URLSearchParams(query)}`);
  return entries as Entry[];
}

export async function settle(context: PayContext, call: Settle): Promise<unknown> {
  await askSandbox(context, 'POST', '/settlements', { merchant: merchantOf(call) });
  return { success: true };
}

/** The sandbox counts in minor units and speaks of last fours; we do as in our other answers. */
interface Entry extends Readonly<Record<string, unknown>> {
  readonly entryNumber: number;
  readonly amount: number;
  readonly refundedAmount: number;
  readonly currency: string;
  readonly lastFour?: string;
  readonly bookedAt: number;
}

const bookingOf = ({ amount, refundedAmount, currency, lastFour, bookedAt, ...entry }: Entry) => ({
  ...entry,
  amount: formatMoney(BigInt(amount), currency),
  currency,
  refundedAmount: formatMoney(BigInt(refundedAmount), currency),
  bookedAt: new Date(bookedAt).toISOString(),
  ...(lastFour === undefined ? {} : { cardLastFour: lastFour }),
});
