// `/api/test/clock` (contract 14.3): test mode only.
import type { InputOf } from '@ozura/contract/endpoint';
import type { advanceTestClock, freezeTestClock } from '@ozura/contract/test-clock';
import { Refusal } from '@ozura/core/errors';
import type { Call } from '@ozura/kit/http/route';
import type { Merchant } from '../../authentication.ts';
import type { TestClock } from '../../test-clock.ts';

type ClockCall<Input> = Call<Input, Merchant>;

export const readTestClock = (clock: TestClock) => async () => shown(clock);

/** What falls due on the way forward is done; the way back does nothing. */
export const freezeClock =
  (clock: TestClock) =>
  async ({ input, who }: ClockCall<InputOf<typeof freezeTestClock>>) => {
    await clock.move(who.merchantId, async () => ({ toMs: input.frozenAt, frozen: true }));
    return shown(clock);
  };

export const advanceClock =
  (clock: TestClock) =>
  async ({ input, who }: ClockCall<InputOf<typeof advanceTestClock>>) => {
    await clock.move(who.merchantId, async ({ nowMs, frozen }) => {
      const toMs = 'to' in input ? input.to : nowMs + input.seconds * 1000;
      if (toMs <= nowMs) throw new Refusal('VALIDATION_FAILED', { message: 'to: must be later than the test clock' });
      return { toMs, frozen };
    });
    return shown(clock);
  };

export const resetClock =
  (clock: TestClock) =>
  async ({ who }: ClockCall<unknown>) => {
    await clock.reset(who.merchantId);
    return shown(clock);
  };

async function shown(clock: TestClock) {
  const { nowMs, frozen } = await clock.read();
  return { success: true, data: { now: new Date(nowMs).toISOString(), frozen } };
}
