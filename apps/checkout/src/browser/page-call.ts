// Calls of the page routes (contract 1.4).
import { type PageAnswer, readAnswer } from './page-answer.ts';
import type { SessionFacts } from './page-facts.ts';

export type PageRoute = 'session-key' | 'outcome' | 'quote' | 'extend' | 'pay' | 'cancel';

const timeoutMs = 25_000;

/** `undefined` when no answer came that our own program has written. */
export async function callPage(
  { sessionId, credential }: SessionFacts,
  route: PageRoute,
  body: object = {},
): Promise<PageAnswer | undefined> {
  try {
    const response = await fetch(`/api/sessions/${sessionId}/${route}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Checkout-Token': credential },
      body: JSON.stringify(body),
      credentials: 'omit',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return readAnswer(response.status, await response.json());
  } catch {
    return undefined;
  }
}

/** `setTimeout` as a promise. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
