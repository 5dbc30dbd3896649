// What a merchant's server does, with nothing but documented calls.
import type { DevFile } from './system.ts';

export interface SessionView {
  readonly id: string;
  readonly status: string;
  readonly paymentState: string | null;
  readonly expiresAt: string;
  readonly amount: string;
  readonly payment?: { readonly transactionId: string; readonly amount: string; readonly planId?: string };
  readonly billing?: { readonly email: string };
}

export interface CreatedSession {
  readonly sessionId: string;
  readonly checkoutUrl: string;
  readonly expiresAt: string;
  readonly embedCode: string;
}

export const keysOf = (dev: DevFile): Record<string, string> => ({
  'content-type': 'application/json',
  'x-api-key': dev.vaultKey,
  'x-ozura-api-key': dev.merchantKey,
});

export const sessionFields = (dev: DevFile, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  merchantId: dev.merchantId,
  merchantName: 'Blue Kettle',
  amount: '18.40',
  successUrl: `${dev.storeUrl}/e2e/thanks?order=7`,
  cancelUrl: `${dev.storeUrl}/e2e/cart`,
  errorUrl: `${dev.storeUrl}/e2e/error`,
  ...more,
});

export async function createSession(dev: DevFile, more: Record<string, unknown> = {}): Promise<CreatedSession> {
  const answer = await fetch(`${dev.checkoutUrl}/api/sessions/create`, {
    method: 'POST',
    headers: keysOf(dev),
    body: JSON.stringify(sessionFields(dev, more)),
  });
  const body = (await answer.json()) as { success: boolean; data: CreatedSession };
  if (!body.success) throw new Error(`create answered ${answer.status}: ${JSON.stringify(body)}`);
  return body.data;
}

export async function getSession(dev: DevFile, sessionId: string, withKeys = false): Promise<SessionView> {
  const answer = await fetch(`${dev.checkoutUrl}/api/sessions/${sessionId}`, withKeys ? { headers: keysOf(dev) } : {});
  return ((await answer.json()) as { data: { session: SessionView } }).data.session;
}

/** Waits until the session has `status`; a session that rests in another one fails the test. */
export async function untilStatus(
  dev: DevFile,
  sessionId: string,
  status: string,
  timeoutMs = 30_000,
): Promise<SessionView> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const session = await getSession(dev, sessionId);
    if (session.status === status) return session;
    if (Date.now() > until)
      throw new Error(`the session is ${session.status} (${session.paymentState}), not ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
