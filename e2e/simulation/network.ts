// The network of a simulation, behind the `Send` that programs are given: slow, lossy, and honest only about a connection
// that never was.
import { type IncomingAnswer, NoAnswer, type OutgoingRequest, type Send } from '@ozura/contract/client';
import type { Process } from './process.ts';
import type { World } from './world.ts';

/** What goes wrong between two programs, each as a probability. */
export interface Faults {
  /** No connection: no byte leaves. */
  readonly refused: number;
  /** The request is lost on its way. */
  readonly lostBefore: number;
  /** The request arrives, its answer does not. */
  readonly lostAfter: number;
  /** The request arrives late: perhaps when nobody waits for an answer any more. */
  readonly late: number;
  /** The request arrives twice. */
  readonly twice: number;
}

export interface Host {
  readonly process?: Process;
  answer(request: OutgoingRequest): Promise<IncomingAnswer>;
}

export interface Network {
  /** Of hosts with several processes one takes the request. */
  readonly hosts: Map<string, readonly Host[]>;
  /** By host asked and asker. */
  faultsOf(host: string, path: string): Faults;
}

export const noFaults: Faults = { refused: 0, lostBefore: 0, lostAfter: 0, late: 0, twice: 0 };

const travelMaxMs = 20;
const lateMaxMs = 90_000;
/** A reset of a connection is noticed within that time, if at all. */
const noticedMs = 2_000;

export const sendFrom =
  (world: World, network: Network, from: Process | undefined): Send =>
  async (request) => {
    await from?.step();
    const answer = await new Promise<IncomingAnswer | NoAnswer>((resolve) => travel(world, network, request, resolve));
    await from?.step();
    if (answer instanceof NoAnswer) throw answer;
    return answer;
  };

function travel(
  world: World,
  { hosts, faultsOf }: Network,
  request: OutgoingRequest,
  resolve: (answer: IncomingAnswer | NoAnswer) => void,
): void {
  const { chance } = world;
  const { host, pathname } = new URL(request.url);
  const faults = faultsOf(host, pathname);
  const living = (hosts.get(host) ?? []).filter(({ process }) => process?.isAlive() ?? true);
  const after = (maxMs: number, work: () => void): void =>
    void world.at(world.nowMs() + chance.between(1, maxMs), work);
  let isTold = false;
  const tell = (answer: () => IncomingAnswer | NoAnswer): void => {
    if (!isTold) resolve(answer());
    isTold = true;
  };
  const fail = (sent: 'no' | 'unknown', timedOut = false): void =>
    tell(() => new NoAnswer('no answer (simulated)', { sent, timedOut }));
  if (living.length === 0 || chance.happens(faults.refused)) {
    after(travelMaxMs, () => fail('no'));
    return;
  }
  world.at(world.nowMs() + request.timeoutMs, () => fail('unknown', true));
  const reset = (): void => {
    if (chance.happens(0.5)) after(noticedMs, () => fail('unknown'));
  };
  const isLost = chance.happens(faults.lostAfter);
  const deliver = (): void => {
    const target = chance.pick(living);
    if (isLost || target.process?.isAlive() === false) reset();
    if (target.process?.isAlive() === false) return;
    // A process that dies meanwhile never answers.
    target.answer(request).then((answer) => {
      if (!isLost) after(travelMaxMs, () => tell(() => answer));
    }, reset);
  };
  if (chance.happens(faults.lostBefore)) reset();
  else after(chance.happens(faults.late) ? lateMaxMs : travelMaxMs, deliver);
  if (chance.happens(faults.twice)) after(lateMaxMs, deliver);
}
