// The two calls that a shop makes to the Checkout API, both from its server: the keys never reach a browser.

export interface CheckoutKeys {
  readonly checkoutUrl: string;
  readonly merchantId: string;
  readonly merchantKey: string;
  readonly vaultKey: string;
}

export interface CreatedSession {
  readonly sessionId: string;
  /** Where to send the customer. */
  readonly checkoutUrl: string;
}

/** The part of a session that a shop looks at before it sends the goods. */
export interface Session {
  readonly id: string;
  readonly status: 'pending' | 'completed' | 'cancelled' | 'expired' | 'failed';
  readonly paymentState: 'processing' | 'review' | null;
  readonly merchantId: string;
  readonly amount: string | null;
  readonly currency: string;
  readonly payment?: { readonly amount: string; readonly cardBrand: string; readonly cardLastFour: string };
}

const timeoutMs = 10_000;

export function openCheckoutApi({ checkoutUrl, merchantId, merchantKey, vaultKey }: CheckoutKeys) {
  const call = async (path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(checkoutUrl + path, {
      headers: { 'content-type': 'application/json', 'x-api-key': vaultKey, 'x-ozura-api-key': merchantKey },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    const envelope = (await answer.json()) as { success: boolean; data?: unknown; error?: string; details?: string[] };
    if (envelope.success) return envelope.data;
    throw new Error(`Checkout API: ${[envelope.error ?? answer.status, ...(envelope.details ?? [])].join('; ')}`);
  };
  return {
    merchantId,
    createSession: (fields: Readonly<Record<string, unknown>>) =>
      call('/api/sessions/create', { merchantId, ...fields }) as Promise<CreatedSession>,
    getSession: async (sessionId: string): Promise<Session> => {
      const data = await call(`/api/sessions/${encodeURIComponent(sessionId)}`);
      return (data as { session: Session }).session;
    },
  };
}

export type CheckoutApi = ReturnType<typeof openCheckoutApi>;
