// Moves the clocks of all programs together (contract 14.3). The way forward stops at each moment at which something
// falls due, and what is due is done there: three years of a monthly plan are charged on 36 dates, not on one.
import { runDueOf, setClockOf } from '@ozura/contract/test-clock';
import type { Database } from '@ozura/kit/db/handle';
import { type ClockSetting, readClock, realTime, writeClock } from '@ozura/kit/db/test-clock';
import { earliest, type Jobs } from '@ozura/kit/jobs';
import { actingFor, type CheckoutContext } from './context.ts';
import { bringChecksForward } from './store/charges.ts';
import { asked, unavailable } from './upstream.ts';

export interface ClockReading {
  readonly nowMs: number;
  readonly frozen: boolean;
}

export interface ClockMove {
  readonly toMs: number;
  /** Whether it stands still there. */
  readonly frozen: boolean;
}

export interface TestClock {
  read(): Promise<ClockReading>;
  /** One move at a time, so that each begins where the one before it ended. `merchantId`: who asks for it. */
  move(merchantId: string, decide: (reading: ClockReading) => Promise<ClockMove>): Promise<void>;
  reset(merchantId: string): Promise<void>;
}

/** Daily for ten years, with room. Beyond that the rest of the way is one step. */
const stopsMax = 10_000;
const setTimeoutMs = 10_000;
/** A cycle at a processor that does not answer takes half a minute. */
const runTimeoutMs = 300_000;

export function openTestClock(context: CheckoutContext, jobs: Jobs): TestClock {
  const { db, now } = context;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const read = () => readNow(db);
  return {
    read,
    move: (merchantId, decide) =>
      inTurn(async () => {
        const { toMs, frozen } = await decide(await read());
        const programs = programsOf(context, jobs, merchantId);
        try {
          await walk(programs, (await read()).nowMs, toMs);
        } finally {
          // Also from where a program did not answer.
          if (!frozen) await programs.set({ offsetMs: (await read()).nowMs - now() });
        }
      }),
    reset: (merchantId) => inTurn(() => programsOf(context, jobs, merchantId).set(realTime)),
  };
}

async function readNow(db: Database): Promise<ClockReading> {
  const { frozenAtMs } = await readClock(db);
  return { nowMs: await db.now(), frozen: frozenAtMs !== undefined };
}

interface AllPrograms {
  set(setting: ClockSetting): Promise<void>;
  /** Does what is due everywhere; answers when the next thing after `afterMs` is. */
  run(afterMs: number): Promise<number | undefined>;
}

/** Time stands still at each stop, so that what is done there is done at that time. */
async function walk(programs: AllPrograms, fromMs: number, toMs: number): Promise<void> {
  let atMs = fromMs;
  let nextMs = toMs > fromMs ? await programs.run(fromMs) : undefined;
  for (let stops = 0; stops < stopsMax && nextMs !== undefined && nextMs < toMs; stops += 1) {
    atMs = nextMs;
    await programs.set({ offsetMs: 0, frozenAtMs: atMs });
    nextMs = await programs.run(atMs);
  }
  await programs.set({ offsetMs: 0, frozenAtMs: toMs });
  if (toMs > fromMs) await programs.run(toMs);
}

function programsOf({ db, vault, pay }: CheckoutContext, jobs: Jobs, merchantId: string): AllPrograms {
  const headers = actingFor(merchantId);
  const others = [
    { client: vault, set: setClockOf('vault'), runDue: runDueOf('vault') },
    { client: pay, set: setClockOf('pay'), runDue: runDueOf('pay') },
  ];
  return {
    async set(setting) {
      const body = setting;
      const answers = await asked(
        Promise.all(others.map(({ client, set }) => client.call(set, { body, headers, timeoutMs: setTimeoutMs }))),
      );
      if (!answers.every(({ ok }) => ok)) throw unavailable();
      await writeClock(db, setting);
    },
    async run(afterMs) {
      const options = { body: { afterMs }, headers, timeoutMs: runTimeoutMs };
      const answers = await asked(Promise.all(others.map(({ client, runDue }) => client.call(runDue, options))));
      // Pay may know by now what became of our charges.
      await bringChecksForward(db, await db.now());
      await jobs.runAll();
      const dues = answers.map((answer) => {
        if (!answer.ok) throw unavailable();
        return answer.body.data.nextDueAtMs;
      });
      return earliest([...dues, await jobs.nextDueAt(afterMs)]);
    },
  };
}
