// Questions to Vault and Pay before a charge exists: no answer means that nothing happened, and that the caller may
// try again. After that point silence means something else, and `charge.ts` deals with it.
import { type Client, NoAnswer } from '@ozura/contract/client';
import { healthOf } from '@ozura/contract/health';
import { Refusal } from '@ozura/core/errors';
import { NotReady } from '@ozura/kit/not-ready';
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
export const checkOwners = ({ vault, pay }: Pick<CheckoutContext, 'vault' | 'pay'>) => ({
  vault: () => checkAlive(vault, 'vault'),
  pay: () => checkAlive(pay, 'pay'),
});

/** In their place a proxy may answer, that there is nobody. */
async function checkAlive(program: Client, service: 'vault' | 'pay'): Promise<void> {
  const { ok, status } = await program.call(healthOf(service), { timeoutMs: healthTimeoutMs });
  if (!ok) throw new NotReady(`it answers ${status}`);
}
