// Finds endpoints to which something is due, and runs a lane for each: one that is slow keeps nobody else waiting.
import { randomText } from '@ozura/core/ids';
import { noteJobFailure } from '@ozura/kit/jobs';
import { outsideTraces } from '@ozura/kit/trace';
import type { CheckoutContext } from '../context.ts';
import { endAllLeases, listDueEndpoints } from '../store/webhook-endpoints.ts';
import { runLane } from './lane.ts';
import type { SendEvent } from './send.ts';

export interface Dispatcher {
  /** Begins what is due now, and does not wait for its end. */
  begin(): Promise<void>;
  /** Resolves when no lane is running. */
  settled(): Promise<void>;
  /** Nothing is sent any more; resolves when what was under way has ended. */
  stop(): Promise<void>;
}

/** The job that begins it. */
export const deliveringJob = 'deliver-webhooks';

/** In one process. Half of them are kept for endpoints that work. */
const lanesMax = 200;
const failingLanesMax = lanesMax / 2;

export async function openDispatcher(context: CheckoutContext, send: SendEvent): Promise<Dispatcher> {
  const { db, now, random } = context;
  const lanes = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  if (db.engine === 'sqlite') await endAllLeases(db);
  let looking: Promise<void> | undefined;
  let again = false;

  const run = (endpointId: string): void => {
    const noted = (error: unknown): void =>
      noteJobFailure(context, deliveringJob, { endpointId, err: error }, 'deliveries were interrupted');
    const taken = { endpointId, lease: randomText(random, 22) };
    const lane = outsideTraces(() => runLane(context, send, taken, stopping.signal));
    lanes.set(
      endpointId,
      // What has come in meanwhile is seen at once; after a failure the job that looks every second has time enough.
      lane.finally(() => lanes.delete(endpointId)).then(() => void begin().catch(noted), noted),
    );
  };
  const look = async (): Promise<void> => {
    if (stopping.signal.aborted) return;
    const due = { nowMs: await db.now(), leaseFreeAtMs: now(), limit: lanesMax };
    for (const { id, isFailing } of await listDueEndpoints(db, due)) {
      if (!lanes.has(id) && lanes.size < (isFailing ? failingLanesMax : lanesMax)) run(id);
    }
  };
  // What was queued while somebody looked may not have been seen.
  async function lookAgain(): Promise<void> {
    do {
      again = false;
      await look();
    } while (again);
  }
  function begin(): Promise<void> {
    again = true;
    looking ??= lookAgain().finally(() => {
      looking = undefined;
    });
    return looking;
  }
  const settled = async (): Promise<void> => {
    while (lanes.size > 0) await Promise.all(lanes.values());
  };
  return {
    begin,
    settled,
    async stop() {
      stopping.abort();
      await looking;
      await settled();
    },
  };
}
