// What the Vault says of tokens. Sales that come at the same time ask with one call, for nearly all of what a call costs
// is the call.
import { type Client, NoAnswer } from '@ozura/contract/client';
import type { OutputOf } from '@ozura/contract/endpoint';
import { findTokens, getToken, tokensMax } from '@ozura/contract/vault/tokens';
import { Refusal } from '@ozura/core/errors';
import { askedTogether } from '@ozura/kit/asked-together';

export type TokenBody = OutputOf<typeof getToken>['data'];

/** `undefined` for a token that this merchant does not have. Throws `OVERLOADED` when the Vault does not answer. */
export type TokenFactsOf = (merchantId: string, token: string) => Promise<TokenBody | undefined>;

export const questionTimeoutMs = 3_000;

type Headers = Readonly<Record<string, string>>;

/** `as`: the headers of a call for a merchant. */
export function openTokenFacts(client: Client, as: (merchantId: string) => Headers): TokenFactsOf {
  const oneOf: TokenFactsOf = async (merchantId, token) => {
    const options = { params: { token }, headers: as(merchantId), timeoutMs: questionTimeoutMs };
    const answer = await ask(() => client.call(getToken, options));
    return answer.ok ? answer.body.data : knownAs(answer, 404);
  };
  const eachOf = async (merchantId: string, tokens: readonly string[]): Promise<ReadonlyMap<string, TokenBody>> => {
    const bodies = await Promise.all(tokens.map((token) => oneOf(merchantId, token)));
    return byToken(bodies.filter((body) => body !== undefined));
  };
  return askedTogether(tokensMax, async (merchantId, tokens) => {
    if (tokens.length === 1) return eachOf(merchantId, tokens);
    const options = { body: { tokens }, headers: as(merchantId), timeoutMs: questionTimeoutMs };
    const answer = await ask(() => client.call(findTokens, options));
    // One of them may be no token at all, or the Vault older than the question: nobody is refused for that.
    return answer.ok ? byToken(answer.body.data) : eachOf(merchantId, tokens);
  });
}

const byToken = (bodies: readonly TokenBody[]) => new Map(bodies.map((body) => [body.token, body]));

/** Before anything is sent a Vault that does not answer is a reason to try the same call again. */
export async function ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof NoAnswer) throw overloaded();
    throw error;
  }
}

const overloaded = (): Refusal => new Refusal('OVERLOADED', { headers: { 'Retry-After': '2' } });

/** `status` is a plain no; any other failure is the Vault's trouble, not the caller's. */
export function knownAs({ status }: { readonly status: number }, no: number): undefined {
  if (status !== no) throw overloaded();
  return undefined;
}
