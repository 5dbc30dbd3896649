// Questions to Vault and Pay before a charge exists: no answer means that nothing happened, and that the caller may
// try again. After that point silence means something else, and `charge.ts` deals with it.
import { NoAnswer } from '@ozura/contract/client';
import { healthOf } from '@ozura/contract/health';
import { Refusal } from '@ozura/core/errors';
import type { CheckoutContext } from './context.ts';

const healthTimeoutMs = 2_000;

export async function asked<T>(question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof NoAnswer) throw unavailable();
    throw error;
  }
}

export const unavailable = (): Refusal => new Refusal('OVERLOADED', { headers: { 'Retry-After': '1' } });

/** Whether the programs that we cannot work without are alive. */
export const checkOwners = ({ vault, pay }: CheckoutContext) => ({
  vault: () => vault.call(healthOf('vault'), { timeoutMs: healthTimeoutMs }),
  pay: () => pay.call(healthOf('pay'), { timeoutMs: healthTimeoutMs }),
});
