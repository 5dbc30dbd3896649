// `/api/test/sandbox` (contract 14.6): what the page `/sandbox` watches and does. Test mode only. Pay is asked as the
// merchant whose keys the page was given.
import type { SandboxState, tellSandbox, watchSandbox as watchRecord } from '@ozura/contract/checkout/test-sandbox';
import type { Answer } from '@ozura/contract/client';
import type { InputOf } from '@ozura/contract/endpoint';
import { getCharge } from '@ozura/contract/pay/charges';
import {
  createSandboxProgram,
  deleteSandboxPrograms,
  getSandboxJournal,
  listSandboxPrograms,
  settleSandbox,
} from '@ozura/contract/pay/sandbox-programs';
import { formatMoney } from '@ozura/core/money';
import type { Call } from '@ozura/kit/http/route';
import type { TSchema } from 'typebox';
import type { Merchant } from '../../authentication.ts';
import { actingFor, type CheckoutContext } from '../../context.ts';
import { timeText } from '../../session-answer.ts';
import { type Charge, listChargesOf, listOpenCharges } from '../../store/charges.ts';
import { lastSequence, listFeed } from '../../store/event-feed.ts';
import { findSession, listWaitingSessions, type Session } from '../../store/sessions.ts';
import type { TestClock } from '../../test-clock.ts';
import { asked, unavailable } from '../../upstream.ts';

const timeoutMs = 10_000;
const sessionsMax = 12;
const attemptsMax = 12;
const eventsRead = 50;
const entriesMax = 50;
/** Of the journal at once: the most that Pay gives. */
const journalPage = 1_000;

type SandboxCall<Input = unknown> = Call<Input, Merchant>;

export const watchSandbox =
  (context: CheckoutContext, clock: TestClock) =>
  async ({ input: { after }, who: { merchantId } }: SandboxCall<InputOf<typeof watchRecord>>) => {
    const { pay } = context;
    const headers = actingFor(merchantId);
    const [{ nowMs, frozen }, sessions, programs, journal] = await Promise.all([
      clock.read(),
      latestSessions(context, merchantId),
      asked(pay.call(listSandboxPrograms, { headers, timeoutMs })),
      latestEntries(context, merchantId, after),
    ]);
    const data: SandboxState = {
      clock: { now: timeText(nowMs), frozen },
      sessions: sessions.map(sessionLine),
      attempts: await latestAttempts(context, sessions),
      programs: said(programs).data,
      journal,
    };
    return { success: true, data };
  };

export const tellProgram =
  ({ pay }: CheckoutContext) =>
  async ({ input, who: { merchantId } }: SandboxCall<InputOf<typeof tellSandbox>>) =>
    said(
      await asked(
        pay.call(createSandboxProgram, { body: { merchantId, ...input }, headers: actingFor(merchantId), timeoutMs }),
      ),
    );

export const forgetPrograms =
  ({ pay }: CheckoutContext) =>
  async ({ who: { merchantId } }: SandboxCall) =>
    said(await asked(pay.call(deleteSandboxPrograms, { headers: actingFor(merchantId), timeoutMs })));

export const settleNow =
  ({ pay }: CheckoutContext) =>
  async ({ who: { merchantId } }: SandboxCall) =>
    said(await asked(pay.call(settleSandbox, { body: {}, headers: actingFor(merchantId), timeoutMs })));

/** What was asked is right by our own check, so that no is the neighbour's trouble. */
function said<Output extends TSchema>(answer: Answer<Output>) {
  if (!answer.ok) throw unavailable();
  return answer.body;
}

/** The journal is read forwards only: the last of it is known at its end. */
async function latestEntries({ pay }: CheckoutContext, merchantId: string, after: string | undefined) {
  let latest: SandboxState['journal'] = [];
  let from = after ?? '0';
  for (let isMore = true; isMore; ) {
    const query = { after: from, limit: String(journalPage) };
    const { data } = said(
      await asked(pay.call(getSandboxJournal, { headers: actingFor(merchantId), query, timeoutMs })),
    );
    latest = [...latest, ...data].slice(-entriesMax);
    from = String(data.at(-1)?.entryNumber ?? from);
    isMore = data.length === journalPage;
  }
  return latest;
}

/** Those that wait, those that are being paid, and those that the feed spoke of last. */
async function latestSessions({ db }: CheckoutContext, merchantId: string): Promise<readonly Session[]> {
  const afterSequence = Math.max(0, (await lastSequence(db, merchantId)) - eventsRead);
  const [waiting, open, events] = await Promise.all([
    listWaitingSessions(db, merchantId, sessionsMax),
    listOpenCharges(db, merchantId, attemptsMax),
    listFeed(db, { merchantId, afterSequence, types: undefined, limit: eventsRead }),
  ]);
  const known = new Set(waiting.map(({ id }) => id));
  const ids = new Set(
    [...open.map(({ sessionId }) => sessionId), ...events.flatMap(sessionIdOf)].filter((id) => !known.has(id)),
  );
  const others = await Promise.all([...ids].map((id) => findSession(db, id)));
  return [...waiting, ...others.filter((session) => session !== undefined)].sort(newestFirst).slice(0, sessionsMax);
}

function sessionIdOf({ body }: { readonly body: string }): readonly string[] {
  const { sessionId, session } = JSON.parse(body) as {
    readonly sessionId?: string;
    readonly session?: { readonly id: string };
  };
  const id = sessionId ?? session?.id;
  return id === undefined ? [] : [id];
}

const newestFirst = (a: { readonly createdAtMs: number }, b: { readonly createdAtMs: number }): number =>
  b.createdAtMs - a.createdAtMs;

const sessionLine = ({ id, request, state, createdAtMs }: Session): SandboxState['sessions'][number] => ({
  sessionId: id,
  status: state.status,
  amount: formatMoney(request.subtotalMinor, request.currency),
  currency: request.currency,
  createdAt: timeText(createdAtMs),
  ...(state.paymentState === null ? {} : { paymentState: state.paymentState }),
  ...('errorCode' in state && state.errorCode !== undefined ? { errorCode: state.errorCode } : {}),
});

async function latestAttempts(context: CheckoutContext, sessions: readonly Session[]) {
  const currencyOf = new Map(sessions.map(({ id, request }) => [id, request.currency]));
  const charges = (await Promise.all(sessions.map(({ id }) => listChargesOf(context.db, id)))).flat();
  const latest = charges.sort(newestFirst).slice(0, attemptsMax);
  return Promise.all(
    latest.map(async (charge) => attemptLine(context, charge, currencyOf.get(charge.sessionId) ?? 'USD')),
  );
}

async function attemptLine(
  { pay }: CheckoutContext,
  { id, sessionId, merchantId, outcome, totalMinor, createdAtMs }: Charge,
  currency: string,
): Promise<SandboxState['attempts'][number]> {
  const answer = await asked(
    pay.call(getCharge, { params: { chargeId: id }, headers: actingFor(merchantId), timeoutMs }),
  );
  // A charge that Pay does not know is on its way there, or never went.
  if (!answer.ok && answer.status !== 404) throw unavailable();
  const known = answer.ok ? answer.body.data : undefined;
  return {
    chargeId: id,
    sessionId,
    state: known?.state ?? (outcome === 'open' ? 'processing' : outcome),
    amount: formatMoney(totalMinor, currency),
    currency,
    createdAt: timeText(createdAtMs),
    ...(known?.attemptId === undefined ? {} : { attemptId: known.attemptId }),
  };
}
