// How long calls of several requests take: whoever waits for what comes of them is answered in time (contract 8).
import type { OutgoingRequest } from '@ozura/contract/client';
import { expect, test } from 'vitest';
import type { PayContext } from './context.ts';
import { callDirectly, type Patience } from './direct.ts';
import type { Processor, VoidInput } from './processors/port.ts';

const about: VoidInput = { reference: 'R1', account: 'ozu_bluekettle', amountMinor: 1840n, currency: 'USD' };
const send = { method: 'POST', url: 'https://processor.example/' } as const;
/** Looks, undoes, and looks again. */
const processor = {
  name: 'slow',
  void: (_about: VoidInput, answers: readonly unknown[]) =>
    answers.length < 3 ? { send } : { done: { kind: 'voided' } },
} as unknown as Processor;

/** At a processor that takes six seconds for each answer. */
async function undo(patience: Patience) {
  let nowMs = 0;
  const waits: number[] = [];
  const context = {
    now: () => nowMs,
    send: async ({ timeoutMs }: { readonly timeoutMs: number }) => {
      waits.push(timeoutMs);
      nowMs += Math.min(6_000, timeoutMs);
      return { status: 200, headers: {}, text: '{}' };
    },
  } as unknown as PayContext;
  return { outcome: await callDirectly(context, { processor, call: 'void', about, ...patience }), waits };
}

test('a job waits for each of the answers', async () => {
  expect(await undo({ timeoutMs: 8_000 })).toEqual({ outcome: { kind: 'voided' }, waits: [8_000, 8_000, 8_000] });
});

test('with somebody waiting, no request is waited for longer, or sent later, than he can hear of', async () => {
  const { outcome, waits } = await undo({ timeoutMs: 8_000, untilMs: 10_000 });
  expect(waits).toEqual([8_000, 4_000]);
  expect(outcome).toEqual({ kind: 'unanswered', reason: 'no time left' });
});

test('what is too late to be sent at all is known not to have been', async () => {
  const { outcome, waits } = await undo({ timeoutMs: 8_000, untilMs: 0 });
  expect(waits).toEqual([]);
  expect(outcome).toMatchObject({ kind: 'unanswered', unsent: true });
});

test('the list of a busy day is larger than any other answer', async () => {
  const sizes: unknown[] = [];
  const context = {
    now: () => 0,
    send: async ({ answerMaxBytes }: OutgoingRequest) => {
      sizes.push(answerMaxBytes);
      return { status: 200, headers: {}, text: '{}' };
    },
  } as unknown as PayContext;
  const steps = (_about: unknown, answers: readonly unknown[]) => (answers.length < 1 ? { send } : { done: {} });
  const busy = { name: 'busy', list: steps, void: steps } as unknown as Processor;
  const day = { account: about.account, day: '2026-03-04' };
  await callDirectly(context, { processor: busy, call: 'list', about: day, timeoutMs: 8_000 });
  await callDirectly(context, { processor: busy, call: 'void', about, timeoutMs: 8_000 });
  expect(sizes).toEqual([8 * 1024 * 1024, undefined]);
});
