// A merchant who goes on selling while something is wrong, and afterwards compares what he was told with the books.
import { join } from 'node:path';
import { sql } from '@ozura/kit/db/handle';
import { openDatabase } from '@ozura/kit/db/open';
import { expect } from 'vitest';
import { type PagePay, type PayAnswer, pay, preparePay } from '../browserless.ts';
import { createSession, getSession, keysOf, type SessionView, sessionFields } from '../merchant.ts';
import { ageAttempts } from '../pay-ledger.ts';
import { standingReferences } from '../processor.ts';
import type { System } from '../system.ts';

export interface Told {
  /** 0: no answer. */
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: { readonly errorCode?: string; readonly data?: { readonly sessionId: string } };
}

export interface Shop {
  /** Asks for a session. One that is told of has to be there in the end. */
  create(more?: Record<string, unknown>): Promise<Told>;
  /** A session whose page is open and whose card is typed. `step`: what the sandbox processor does with it (contract 14.6). */
  atTheTill(step?: string): Promise<PagePay>;
  /** Presses the button. A payment that is told of has to stand in the end. */
  pay(prepared: PagePay): Promise<PayAnswer>;
  /** The same. Where that click is proven to have charged nothing, which it says for ever, the card is typed again. */
  payAtLast(prepared: PagePay): Promise<PayAnswer>;
  /** Resolves when the processor has booked it. */
  booked(prepared: PagePay): Promise<void>;
  /** Waits until no payment is under way, and compares. */
  compare(): Promise<void>;
}

const approved = '4242424242424242';
/** Time enough for every inquiry, and for two misses after the grace time. */
const passing = [6_000, 60_000, 16 * 60_000, 60 * 60_000];
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** `ledgerUrl`: Pay's database, where it is not a file of the system. */
export function openShop(system: Pick<System, 'dev' | 'dataDir'>, ledgerUrl = join(system.dataDir, 'pay.db')): Shop {
  const { dev } = system;
  const sessions = new Set<string>();
  const paid = new Set<string>();
  const press = async (prepared: PagePay): Promise<PayAnswer> => {
    const answer = await pay(dev, prepared);
    if (answer.body.data?.status === 'completed') paid.add(prepared.sessionId);
    return answer;
  };
  return {
    async create(more = {}) {
      const told = await ask(`${dev.checkoutUrl}/api/sessions/create`, {
        method: 'POST',
        headers: keysOf(dev),
        body: JSON.stringify(sessionFields(dev, more)),
      });
      if (told.body.data !== undefined) sessions.add(told.body.data.sessionId);
      return told;
    },
    async atTheTill(step = 'approve') {
      const { sessionId } = await createSession(dev);
      sessions.add(sessionId);
      const prepared = await preparePay(dev, sessionId, approved);
      const billing = { ...(prepared.body.billing as object), lastName: `TEST ${step}` };
      return { ...prepared, body: { ...prepared.body, billing } };
    },
    pay: press,
    async payAtLast(prepared) {
      const told = await press(prepared);
      if (told.body.errorCode !== 'OVERLOADED') return told;
      expect(await press(prepared)).toMatchObject({ status: 503, body: { errorCode: 'OVERLOADED' } });
      return press(await preparePay(dev, prepared.sessionId, approved));
    },
    async booked({ sessionId }) {
      const booked = () => bookedSessions(system, ledgerUrl);
      await expect.poll(booked, { timeout: 15_000, interval: 50 }).toContain(sessionId);
    },
    async compare() {
      for (const ageMs of passing) {
        if ((await underWay(system, sessions)).length === 0) break;
        await letTimePass(ledgerUrl, ageMs);
      }
      // A request of Checkout's to Pay may be under way for half a minute, and a charge that never got there is given up then.
      await expect.poll(() => underWay(system, sessions), { timeout: 60_000, interval: 500 }).toEqual([]);
      const found = await Promise.all([...sessions].map((id) => getSession(system.dev, id)));
      const completed = found.filter(({ status }) => status === 'completed').map(({ id }) => id);
      expect([...paid].filter((id) => !completed.includes(id))).toEqual([]);
      expect((await bookedSessions(system, ledgerUrl)).sort()).toEqual(completed.sort());
    },
  };
}

/** An answer, or its absence. */
async function ask(url: string, init: RequestInit = {}): Promise<Told> {
  try {
    const answer = await fetch(url, init);
    return {
      status: answer.status,
      retryAfter: answer.headers.get('retry-after'),
      body: (await answer.json()) as Told['body'],
    };
  } catch {
    return { status: 0, retryAfter: null, body: {} };
  }
}

/** Of each program: its status, and the checks that fail. */
export async function readiness({ dev }: System): Promise<Record<string, unknown>> {
  const programs = { checkout: dev.checkoutUrl, pay: dev.payUrl, vault: dev.vaultUrl };
  const answers = Object.entries(programs).map(async ([name, url]) => [
    name,
    await (await fetch(`${url}/ready`)).json(),
  ]);
  return Object.fromEntries(await Promise.all(answers));
}

async function underWay({ dev }: Pick<System, 'dev'>, sessionIds: Iterable<string>): Promise<SessionView[]> {
  const sessions = await Promise.all([...sessionIds].map((id) => getSession(dev, id)));
  return sessions.filter(({ paymentState }) => paymentState !== null);
}

/** For Pay's open attempts, and the questions that are due then. */
export async function letTimePass(ledgerUrl: string, ms: number): Promise<void> {
  const ledger = await openDatabase({ url: ledgerUrl });
  await ageAttempts(ledger, ms);
  await ledger.close();
  await pause(2_000);
}

/** One for each approval that stands in the processor's books; `unknown` for one that the ledger does not have. */
export async function bookedSessions({ dataDir }: Pick<System, 'dataDir'>, ledgerUrl: string): Promise<string[]> {
  const ledger = await openDatabase({ url: ledgerUrl });
  const rows = await ledger.all<{ attempt_id: string; order_id: string }>(
    sql`SELECT attempt_id, order_id FROM attempts JOIN charges USING (charge_id)`,
  );
  await ledger.close();
  const orders = new Map(rows.map((row) => [row.attempt_id, row.order_id]));
  return standingReferences(dataDir).map((reference) => orders.get(reference) ?? 'unknown');
}
