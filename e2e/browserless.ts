// The hosted page without a browser: the calls that it makes, for tests that pay hundreds of times or kill programs.
import { randomUUID } from 'node:crypto';
import type { DevFile } from './system.ts';

export type Origins = Pick<DevFile, 'checkoutUrl' | 'vaultUrl' | 'elementsUrl'>;

export interface PagePay {
  readonly sessionId: string;
  readonly credential: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Beside those that every page sends. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface PayAnswer {
  /** 0: no answer at all. */
  readonly status: number;
  readonly body: {
    readonly errorCode?: string;
    readonly data?: { readonly status: string; readonly redirectUrl?: string };
  };
}

/** Opens the page as a browser would and reads the credential that it was given. */
export async function openPage(origins: Origins, sessionId: string): Promise<string> {
  const page = await (await fetch(`${origins.checkoutUrl}/checkout/${sessionId}`)).text();
  const facts = /<script type="application\/json" id="facts">(.*?)<\/script>/s.exec(page)?.[1] ?? '{}';
  const { credential } = JSON.parse(facts) as { credential?: string };
  if (credential === undefined) throw new Error(`the page of ${sessionId} has no credential`);
  return credential;
}

/** Everything up to the press of the button: a token, and the body that the page would send. */
export async function preparePay(origins: Origins, sessionId: string, number: string): Promise<PagePay> {
  const credential = await openPage(origins, sessionId);
  const minted = await pageCall(origins, { sessionId, credential, body: { sessionId: randomUUID() } }, 'session-key');
  const { sessionKey } = minted.body.data as unknown as { sessionKey: string };
  const tokenized = await fetch(`${origins.vaultUrl}/tokenize`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-session-key': sessionKey, origin: origins.elementsUrl },
    body: JSON.stringify({
      type: 'card',
      data: {
        cardNumber: number,
        expirationMonth: '11',
        expirationYear: '29',
        cvv: /^3[47]/.test(number) ? '1234' : '123',
      },
    }),
  });
  const token = (await tokenized.json()) as { token: string; cvc_session_id: string; message?: string };
  if (tokenized.status !== 201) throw new Error(`tokenize answered ${tokenized.status}: ${token.message}`);
  return {
    sessionId,
    credential,
    body: {
      token: token.token,
      cvcSession: token.cvc_session_id,
      billing: {
        firstName: 'Ines',
        lastName: 'Duarte',
        email: 'ines@example.com',
        phone: '+14155550134',
        address: { line1: '9 Pier Road', city: 'Oakland', state: 'CA', zip: '94607', country: 'US' },
      },
      expectedTotal: '18.40',
      attemptKey: randomUUID(),
    },
  };
}

export const pay = (origins: Origins, prepared: PagePay): Promise<PayAnswer> => pageCall(origins, prepared, 'pay');

export async function pageCall(
  origins: Origins,
  { sessionId, credential, body, headers = {} }: PagePay,
  route: string,
): Promise<PayAnswer> {
  try {
    const answer = await fetch(`${origins.checkoutUrl}/api/sessions/${sessionId}/${route}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-checkout-token': credential,
        'sec-fetch-site': 'same-origin',
        origin: origins.checkoutUrl,
        ...headers,
      },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as PayAnswer['body'] };
  } catch {
    return { status: 0, body: {} };
  }
}
