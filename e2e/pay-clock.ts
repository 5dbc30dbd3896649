// The test clock of Pay and the sandbox alone, moved as Checkout moves it (contract 14.3).
import type { PaymentPrograms } from './payment-programs.ts';

export async function setPayClock(programs: PaymentPrograms, frozenAtMs: number): Promise<void> {
  const { status } = await programs.asCheckout('PUT', '/test/clock', { offsetMs: 0, frozenAtMs });
  if (status !== 200) throw new Error(`the clock answers ${status}`);
}

/** With a stop at each moment at which something falls due. */
export async function walkPay(programs: PaymentPrograms, fromMs: number, toMs: number): Promise<void> {
  const run = async (afterMs: number): Promise<number | undefined> => {
    const { body } = await programs.asCheckout('POST', '/test/clock/run', { afterMs });
    return (body.data as unknown as { nextDueAtMs?: number }).nextDueAtMs;
  };
  for (let next = await run(fromMs); next !== undefined && next < toMs; ) {
    await setPayClock(programs, next);
    next = await run(next);
  }
  await setPayClock(programs, toMs);
  await run(toMs);
}
