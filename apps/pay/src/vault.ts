// What Pay asks of the Vault: whose key it is, what may be known of a token, and to send a sale with card data in it.
import { type Client, NoAnswer, openClient, type Send } from '@ozura/contract/client';
import { verifyVaultKey } from '@ozura/contract/vault/applications';
import { releaseCvcSessions } from '@ozura/contract/vault/cvc-sessions';
import { proxyTransaction } from '@ozura/contract/vault/proxy-transaction';
import { holdToken, releaseToken } from '@ozura/contract/vault/tokens';
import type { BankAccount } from '@ozura/core/ach';
import type { RefusalCause } from '@ozura/core/attempt-outcome';
import type { Funding } from '@ozura/core/card/funding';
import type { Secret } from '@ozura/core/secret';
import type { ProcessorAnswer, ProcessorRequest } from './processors/port.ts';
import { ask, knownAs, openTokenFacts, questionTimeoutMs, type TokenBody } from './token-facts.ts';

export interface BankFacts {
  readonly routingNumber: string;
  readonly lastFour: string;
  readonly accountType: BankAccount['accountType'];
  readonly orderId?: string;
  readonly customerId?: string;
  readonly cartId?: string;
}

export interface CardFacts {
  readonly bin: string;
  readonly lastFour: string;
  readonly expMonth: string;
  readonly expYear: string;
  readonly brand: string;
  readonly funding: Funding;
  /** Under a key of this merchant. */
  readonly fingerprint?: string;
  readonly orderId?: string;
  readonly customerId?: string;
  readonly cartId?: string;
}

export interface CardRequest {
  readonly merchantId: string;
  readonly request: ProcessorRequest;
  readonly token: string;
  readonly cvcSession?: Secret<string>;
  /** Keeps the security code for a further processor of the same charge. */
  readonly leaseId: string | undefined;
  readonly timeoutMs: number;
}

/** `refused`: proven that no byte left. `unknown`: anything else that is not an answer. */
export type Sending =
  | { readonly kind: 'answered'; readonly answer: ProcessorAnswer }
  | { readonly kind: 'refused'; readonly cause: RefusalCause; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export interface Vault {
  /** `undefined` for a key that is not good. */
  merchantOf(vaultKey: Secret<string>): Promise<string | undefined>;
  /** `undefined` for a token that this merchant does not have, or that is no card. */
  cardFacts(merchantId: string, token: string): Promise<CardFacts | undefined>;
  /** `undefined` for a token that this merchant does not have, or that is no bank account. */
  bankFacts(merchantId: string, token: string): Promise<BankFacts | undefined>;
  sendCard(request: CardRequest): Promise<Sending>;
  /** Lets go of the security code of a charge. Without it the Vault does so after 90 s. Rejects when it did not. */
  releaseCode(merchantId: string, code: ReleasedCode): Promise<void>;
  /** Keeps a token from being deleted. One that is gone already is told apart at its next use. */
  holdToken(held: HeldToken): Promise<void>;
  letGoOfToken(held: HeldToken): Promise<void>;
  /** Rejects when the Vault does not answer. */
  ping(): Promise<void>;
}

export interface ReleasedCode {
  readonly cvcSession: Secret<string>;
  /** Of a charge that may have kept it. */
  readonly leaseId: string | undefined;
}

export interface HeldToken {
  readonly merchantId: string;
  readonly token: string;
  /** What needs it. */
  readonly holder: string;
}

export interface VaultAddress {
  readonly vaultUrl: string;
  readonly serviceKey: Secret<string>;
  readonly send: Send;
}

export function openVault({ vaultUrl, serviceKey, send }: VaultAddress): Vault {
  const client = openClient(vaultUrl, send);
  const as = (merchantId: string) => ({ 'x-service-key': serviceKey.open(), 'x-merchant-id': merchantId });
  const factsOf = openTokenFacts(client, as);
  const holding = ({ merchantId, token, holder }: HeldToken) => {
    return { params: { token }, body: { holder }, headers: as(merchantId), timeoutMs: questionTimeoutMs };
  };
  return {
    async merchantOf(vaultKey) {
      const headers = { 'x-api-key': vaultKey.open(), 'x-service-key': serviceKey.open() };
      const answer = await ask(() => client.call(verifyVaultKey, { headers, timeoutMs: questionTimeoutMs }));
      return answer.ok ? answer.body.data.merchant_id : knownAs(answer, 401);
    },
    cardFacts: async (merchantId, token) => readFacts(await factsOf(merchantId, token)),
    bankFacts: async (merchantId, token) => readBankFacts(await factsOf(merchantId, token)),
    sendCard: (request) => sendCard(client, as(request.merchantId), request),
    async releaseCode(merchantId, { cvcSession, leaseId }) {
      const body = { cvc_session_id: cvcSession.open(), ...leased(leaseId) };
      const options = { body, headers: as(merchantId), timeoutMs: questionTimeoutMs };
      const { ok, status } = await client.call(releaseCvcSessions, options);
      if (!ok) throw new Error(`the Vault answers ${status}`);
    },
    async holdToken(held) {
      const answer = await client.call(holdToken, holding(held));
      if (!answer.ok) knownAs(answer, 404);
    },
    async letGoOfToken(held) {
      const answer = await client.call(releaseToken, holding(held));
      if (!answer.ok) knownAs(answer, 404);
    },
    async ping() {
      const { status } = await send({
        method: 'GET',
        url: `${vaultUrl}/health`,
        headers: {},
        timeoutMs: questionTimeoutMs,
      });
      if (status !== 200) throw new Error(`the Vault answers ${status}`);
    },
  };
}

function readFacts(token: TokenBody | undefined): CardFacts | undefined {
  if (token === undefined) return undefined;
  const { card, bin, expiration_month: expMonth, expiration_year: expYear } = token;
  if (card === undefined || bin === undefined || expMonth === undefined || expYear === undefined) return undefined;
  return {
    bin,
    lastFour: card.last4,
    expMonth,
    expYear,
    brand: card.brand,
    funding: card.funding,
    ...(token.fingerprint === undefined ? {} : { fingerprint: token.fingerprint }),
    ...correlation(token),
  };
}

function readBankFacts(token: TokenBody | undefined): BankFacts | undefined {
  const { bank, routing_number: routingNumber } = token ?? {};
  if (token === undefined || bank === undefined || routingNumber === undefined) return undefined;
  return { routingNumber, lastFour: bank.last4, accountType: bank.account_type, ...correlation(token) };
}

const correlation = (token: TokenBody) => ({
  ...(token.order_id === undefined ? {} : { orderId: token.order_id }),
  ...(token.customer_id === undefined ? {} : { customerId: token.customer_id }),
  ...(token.cart_id === undefined ? {} : { cartId: token.cart_id }),
});

const leased = (leaseId: string | undefined) => (leaseId === undefined ? {} : { cvc_lease_id: leaseId });

async function sendCard(
  client: Client,
  headers: Readonly<Record<string, string>>,
  { request, token, cvcSession, leaseId, timeoutMs }: CardRequest,
): Promise<Sending> {
  const body = {
    token,
    ...(cvcSession === undefined ? {} : { cvc_session_id: cvcSession.open() }),
    proxy_url: request.url,
    request_data: request.body ?? {},
    http_headers: request.headers ?? {},
    ...leased(leaseId),
  };
  try {
    const answer = await client.call(proxyTransaction, { body, headers, timeoutMs });
    if (!answer.ok) return readFailure(answer.body);
    const { status_code: status, body: own } = answer.body.proxy_response;
    return { kind: 'answered', answer: { status, body: own } };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    // The Vault itself could not be connected to.
    if (error.sent === 'no') return { kind: 'refused', cause: 'unavailable', reason: error.message };
    return { kind: 'unknown', reason: error.message };
  }
}

/** Only the Vault's own word that nothing was sent is proof. */
function readFailure({ sent, errorCode }: { readonly [member: string]: unknown }): Sending {
  const reason = `the Vault answered ${String(errorCode)}`;
  if (sent !== 'no') return { kind: 'unknown', reason };
  if (errorCode === 'CVC_SESSION_EXPIRED') return { kind: 'refused', cause: 'cvc_gone', reason };
  if (errorCode === 'TOKEN_NOT_FOUND') return { kind: 'refused', cause: 'token_gone', reason };
  return { kind: 'refused', cause: 'unavailable', reason };
}
