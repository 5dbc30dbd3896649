// Asks the sandbox processor for what no other processor offers: programs and its books.
import { NoAnswer } from '@ozura/contract/client';
import { Refusal } from '@ozura/core/errors';
import type { Call } from '@ozura/kit/http/route';
import type { Caller } from './authentication.ts';
import type { PayContext } from './context.ts';

const timeoutMs = 5_000;

/** Of the caller's key; a merchant named in the request has to be the same. */
export function merchantOf({
  input,
  who,
}: Pick<Call<{ readonly merchantId: string | undefined }, Caller>, 'input' | 'who'>): string {
  const { merchantId } = who.merchant;
  if (input.merchantId !== undefined && input.merchantId !== merchantId) throw new Refusal('MERCHANT_MISMATCH');
  return merchantId;
}

export async function askSandbox(
  { config, send }: PayContext,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    const answer = await send({
      method,
      url: `${config.sandbox.url}${path}`,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs,
    });
    if (answer.status !== 200) throw new Error(`the sandbox answers ${answer.status}: ${answer.text}`);
    return JSON.parse(answer.text) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof NoAnswer) throw new Refusal('OVERLOADED', { headers: { 'Retry-After': '2' } });
    throw error;
  }
}
