// Calls of a merchant's server to Pay in a simulation, as a good client makes them: with the same key until it is told.
// Everything that it is told is remembered: it must be true in the end.
import { type CallOptions, NoAnswer } from '@ozura/contract/client';
import type { Endpoint } from '@ozura/contract/endpoint';
import type { TSchema } from 'typebox';
import { comesBack } from './planned-refusals.ts';
import { type System, waitUntil } from './system.ts';

/** What a call came to. */
export interface Told {
  readonly operation: string;
  /** The order, sale or plan that it was about. */
  readonly about: string;
  readonly key: string | undefined;
  /** Zero: nothing was heard. */
  readonly status: number;
  readonly errorCode: string | undefined;
  readonly data: Readonly<Record<string, string>>;
  readonly atMs: number;
}

export interface MerchantCall {
  readonly endpoint: Endpoint<unknown, TSchema>;
  readonly about: string;
  readonly options: CallOptions;
  /** It may be repeated. One without a key of its own, or of its security code, may not. */
  readonly isKeyed: boolean;
}

/** A client that waits for an outcome asks less and less often. */
const PAUSES_MS = [2_000, 5_000, 10_000, 30_000, 60_000, 120_000, 1_200_000, 7_200_000];
const pauseMaxMs = 90_000_000;

/** Nothing is known for good. */
const isOpen = (told: Told): boolean =>
  told.status === 0 || told.status === 500 || told.status === 504 || comesBack(told);

export async function callUntilTold(system: System, told: Told[], call: MerchantCall): Promise<Told> {
  const { world } = system;
  for (let tries = 0; ; tries += 1) {
    const heard = await callOnce(system, call);
    told.push(heard);
    if (!call.isKeyed || !isOpen(heard)) return heard;
    const pauseMs = PAUSES_MS[tries] ?? pauseMaxMs;
    if (world.nowMs() < system.busyUntilMs) await world.sleep(pauseMs);
    else await waitUntil(system, world.nowMs() + pauseMs);
  }
}

async function callOnce(system: System, { endpoint, about, options }: MerchantCall): Promise<Told> {
  const key = options.headers?.['idempotency-key'];
  const nothing = { operation: endpoint.name, about, key, status: 0, errorCode: undefined, data: {} };
  try {
    const { status, body } = await system.merchantClient.call(endpoint, options);
    const { errorCode, data } = body as { errorCode?: string; data?: Record<string, string> };
    return { ...nothing, status, errorCode, data: data ?? {}, atMs: system.world.nowMs() };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { ...nothing, atMs: system.world.nowMs() };
  }
}
