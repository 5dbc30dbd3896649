// The Vault of a simulation, on the wire: it knows tokens, hands out each security code once, and passes sales on to
// processors, telling honestly what may have left.
import { type IncomingAnswer, NoAnswer, type OutgoingRequest, type Send } from '@ozura/contract/client';
import { placeholder } from '@ozura/pay/processors/placeholders';
import type { World } from './world.ts';

export interface SimulatedVault {
  /** A card as the fields would tokenize it for a session or an order. */
  tokenize(orderId: string, lastFour: string): { readonly token: string; readonly cvcSession: string };
  tokenizeBank(orderId: string, lastFour: string): string;
  /** Tokens that plans need. */
  readonly held: ReadonlySet<string>;
  answer(request: OutgoingRequest): Promise<IncomingAnswer>;
}

interface Token {
  readonly type: 'card' | 'bank';
  readonly orderId: string;
  readonly lastFour: string;
}

interface Code {
  readonly token: string;
  readonly untilMs: number;
  leaseId?: string | undefined;
}

interface ProxyBody {
  readonly token: string;
  /** Absent where nobody is there to type it. */
  readonly cvc_session_id?: string;
  readonly proxy_url: string;
  readonly request_data: Readonly<Record<string, unknown>> | string;
  readonly cvc_lease_id?: string;
}

const cvcMs = 90_000;
const answerTimeoutMs = 25_000;
const answered = (status: number, body: object): IncomingAnswer => ({
  status,
  headers: {},
  text: JSON.stringify(body),
});
const refused = (status: number, errorCode: string, sent: 'no' | 'unknown') =>
  answered(status, { success: false, message: errorCode, data: null, errorCode, sent });

export function openSimulatedVault(world: World, merchantId: string, send: Send): SimulatedVault {
  const tokens = new Map<string, Token>();
  const held = new Set<string>();
  const codes = new Map<string, Code>();
  const proxy = async (body: ProxyBody): Promise<IncomingAnswer> => {
    if (!tokens.has(body.token)) return refused(404, 'TOKEN_NOT_FOUND', 'no');
    if (!take(codes, body, world.nowMs())) return refused(400, 'CVC_SESSION_EXPIRED', 'no');
    return passOn(send, body, tokens.get(body.token)?.lastFour ?? '');
  };
  const keep = (facts: Token): string => {
    const token = `tok_${tokens.size + 1}`;
    tokens.set(token, facts);
    return token;
  };
  return {
    held,
    tokenize(orderId, lastFour) {
      const token = keep({ type: 'card', orderId, lastFour });
      const cvcSession = `cvc_${tokens.size}_${token}`;
      codes.set(cvcSession, { token, untilMs: world.nowMs() + cvcMs });
      return { token, cvcSession };
    },
    tokenizeBank: (orderId, lastFour) => keep({ type: 'bank', orderId, lastFour }),
    async answer({ method, url, body }) {
      const { pathname } = new URL(url);
      const sent = JSON.parse(body ?? '{}') as ProxyBody;
      if (method === 'POST' && pathname === '/proxy/transaction') return proxy(sent);
      if (method === 'POST' && pathname === '/cvc-sessions/release') {
        release(codes, sent);
        return answered(200, { success: true, data: { released: true } });
      }
      if (pathname === '/api/applications/key')
        return answered(200, { success: true, data: { merchant_id: merchantId } });
      const [, , token = '', holding] = pathname.split('/');
      if (holding === 'hold') held.add(token);
      if (holding === 'release') held.delete(token);
      const known = tokens.get(token);
      return known === undefined ? refused(404, 'TOKEN_NOT_FOUND', 'no') : answered(200, factsOf(token, known));
    },
  };
}

/** Of the charge that holds it, or held by nobody and named. */
function release(codes: Map<string, Code>, { cvc_session_id, cvc_lease_id }: ProxyBody): void {
  for (const [id, { leaseId }] of codes) {
    if (leaseId === undefined ? id === cvc_session_id : leaseId === cvc_lease_id) codes.delete(id);
  }
}

/** Gone with its first use, unless a charge keeps it for its next processor. */
function take(codes: Map<string, Code>, body: ProxyBody, nowMs: number): boolean {
  if (body.cvc_session_id === undefined) return true;
  const code = codes.get(body.cvc_session_id);
  if (code === undefined || code.token !== body.token || nowMs >= code.untilMs) return false;
  if (code.leaseId !== undefined && code.leaseId !== body.cvc_lease_id) return false;
  if (body.cvc_lease_id === undefined) codes.delete(body.cvc_session_id);
  else code.leaseId = body.cvc_lease_id;
  return true;
}

async function passOn(send: Send, { proxy_url: url, request_data: data }: ProxyBody, lastFour: string) {
  const body =
    typeof data === 'string'
      ? data.replace(encodeURIComponent(placeholder('cardNumber')), lastFour)
      : JSON.stringify({ ...data, card: { number: lastFour } });
  try {
    const { status, headers, text } = await send({
      method: 'POST',
      url,
      headers: {},
      body,
      timeoutMs: answerTimeoutMs,
    });
    return answered(200, { success: true, proxy_response: { status_code: status, headers, body: bodyOf(text) } });
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    if (error.sent === 'no') return refused(502, 'PROXY_NOT_SENT', 'no');
    return error.timedOut ? refused(504, 'PROXY_TIMEOUT', 'unknown') : refused(502, 'PROXY_INTERRUPTED', 'unknown');
  }
}

function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const factsOf = (token: string, { type, orderId, lastFour }: Token) => ({
  success: true,
  data: {
    token,
    type,
    order_id: orderId,
    created_at: new Date(0).toISOString(),
    ...(type === 'card' ? cardOf(lastFour) : bankOf(lastFour)),
  },
});

const cardOf = (lastFour: string) => ({
  mask: { card_number: `424242******${lastFour}` },
  bin: '424242',
  card: { brand: 'VISA', last4: lastFour, funding: 'credit' },
  expiration_month: '11',
  expiration_year: '2039',
});

const bankOf = (lastFour: string) => ({
  routing_number: '021000021',
  bank: { last4: lastFour, account_type: 'checking' },
});
