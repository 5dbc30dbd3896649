// The server side of an integration: charges, queries, Vault sessions, checkout sessions and plans (contract 10).
import { type CardSaleInput, type CardSaleResponseData, cardSaleBody } from './card-sale.ts';
import type {
  CardRefundData,
  CardRefundInput,
  CardVoidData,
  CheckoutSession,
  CheckoutSessionCreated,
  CheckoutSessionFields,
  ListPlansInput,
  ListPlansResult,
  PaymentLinkAvailability,
  PaymentLinkCreated,
  PaymentLinkFields,
  Plan,
  PlanFields,
} from './checkout.ts';
import { defaultUrl, isLive, type OzuraConfig, readConfig, type Settings } from './config.ts';
import { deprecated } from './deprecated.ts';
import { type EventList, eventList, type ListEventsInput, type ListEventsResult } from './events.ts';
import { exchange, type Json } from './exchange.ts';
import { badInput } from './ozura-error.ts';
import { withRetries } from './retries.ts';
import type { ListTransactionsInput, ListTransactionsResult } from './transactions.ts';
import { type CreateSessionOptions, type CreateSessionResult, sessionBody } from './vault-session.ts';

const revokeTimeoutMs = 5_000;

interface Call {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Json;
  readonly timeoutMs?: number;
  /** Beside the keys: what this call sends that an error must not repeat. */
  readonly secrets?: readonly (string | undefined)[];
}

interface Credentials {
  readonly merchantId: string;
  readonly apiKey: string;
}

export class Ozura {
  // Private to the language: a logged or serialised client shows no key.
  readonly #settings: Settings;

  /** Throws an `OzuraError` that says which option is missing or wrong. */
  constructor(config: OzuraConfig) {
    this.#settings = readConfig(config);
  }

  /**
   * Charges a tokenized card. Never repeated by itself: after a 5xx or a status of 0 make the identical call again, which
   * answers the first one's result, or ask `listTransactions({ attemptId })`.
   */
  async cardSale(input: CardSaleInput): Promise<CardSaleResponseData> {
    const { merchantId, apiKey } = this.#credentials('cardSale');
    const answer = await this.#send({
      method: 'POST',
      url: `${this.#settings.apiUrl}/cardSale`,
      headers: { 'x-api-key': apiKey, 'vault-api-key': this.#settings.vaultKey, ...keyHeader(input.idempotencyKey) },
      body: cardSaleBody(input, merchantId),
      secrets: [input.token, input.cvcSession],
    });
    return dataOf<CardSaleResponseData>(answer);
  }

  /** All transaction types, newest first unless asked otherwise. */
  async listTransactions(input: ListTransactionsInput = {}): Promise<ListTransactionsResult> {
    const { apiKey } = this.#credentials('listTransactions');
    const url = `${this.#settings.apiUrl}/transQuery${query({ ...input })}`;
    const answer = await this.#repeat({ method: 'GET', url, headers: { 'x-api-key': apiKey } });
    const { data, pagination, attempt } = answer;
    return {
      transactions: data ?? [],
      pagination,
      ...(attempt === undefined ? {} : { attempt }),
    } as ListTransactionsResult;
  }

  /** A short-lived key for the card fields of one page. */
  async createSession(options: CreateSessionOptions = {}): Promise<CreateSessionResult> {
    const { vaultUrl, vaultKey } = this.#settings;
    const body = sessionBody(options);
    const answer = await this.#repeat({
      method: 'POST',
      url: `${vaultUrl}/sessions`,
      headers: { 'x-api-key': vaultKey },
      body,
    });
    const { session_key, expires_in_seconds } = dataOf<{ session_key: string; expires_in_seconds: number }>(answer);
    return { sessionKey: session_key, expiresInSeconds: expires_in_seconds };
  }

  /** Ends a session key early. One try, five seconds; never throws. */
  async revokeSession(sessionKey: string): Promise<void> {
    const { vaultUrl, vaultKey } = this.#settings;
    await this.#send({
      method: 'POST',
      url: `${vaultUrl}/sessions/revoke`,
      headers: { 'x-api-key': vaultKey },
      body: { session_key: sessionKey },
      timeoutMs: revokeTimeoutMs,
    }).catch(() => undefined);
  }

  async cardRefund({ idempotencyKey, ...input }: CardRefundInput): Promise<CardRefundData> {
    return dataOf(await this.#pay('cardRefund', '/cardRefund', { ...input }, idempotencyKey));
  }

  /** Whole sales that are not settled yet. */
  async cardVoid({ transactionId }: { readonly transactionId: string }): Promise<CardVoidData> {
    return dataOf(await this.#pay('cardVoid', '/cardVoid', { transactionId }));
  }

  /** Charges the first cycle at once; the plan exists only if that is approved. */
  async createPlan({ idempotencyKey, ...fields }: PlanFields): Promise<Plan> {
    return dataOf(await this.#pay('createPlan', '/recurring/plans', fields, idempotencyKey));
  }

  async listPlans(input: ListPlansInput = {}): Promise<ListPlansResult> {
    const { merchantId, apiKey } = this.#credentials('listPlans');
    const url = `${this.#settings.apiUrl}/recurring/plans${query({ merchantId, ...input })}`;
    const { data, pagination } = await this.#repeat({ method: 'GET', url, headers: { 'x-api-key': apiKey } });
    return { plans: data ?? [], pagination } as ListPlansResult;
  }

  pausePlan = (planId: string): Promise<Plan> => this.#movePlan('pausePlan', planId, 'pause');
  resumePlan = (planId: string): Promise<Plan> => this.#movePlan('resumePlan', planId, 'resume');
  cancelPlan = (planId: string): Promise<Plan> => this.#movePlan('cancelPlan', planId, 'cancel');

  async createCheckoutSession(fields: CheckoutSessionFields): Promise<CheckoutSessionCreated> {
    return this.#create('createCheckoutSession', '/api/sessions/create', fields);
  }

  async createPaymentLink(fields: PaymentLinkFields): Promise<PaymentLinkCreated> {
    return this.#create('createPaymentLink', '/api/payment-links/create', fields);
  }

  /** With billing details, once the session is completed. */
  async getCheckoutSession(sessionId: string): Promise<CheckoutSession> {
    const url = `${this.#checkoutUrl()}/api/sessions/${encodeURIComponent(sessionId)}`;
    return dataOf(await this.#repeat({ method: 'GET', url, headers: this.#bothKeys('getCheckoutSession') }));
  }

  async checkPaymentLink(paymentLinkId: string): Promise<PaymentLinkAvailability> {
    const url = `${this.#checkoutUrl()}/api/payment-links/${encodeURIComponent(paymentLinkId)}/check-availability`;
    const { success: _flat, ...availability } = await this.#repeat({ method: 'GET', url, headers: {} });
    return availability as unknown as PaymentLinkAvailability;
  }

  /** `await` answers one page; `for await` goes on to the last event. */
  listEvents(input: ListEventsInput = {}): EventList {
    return eventList((page) => this.#loadEvents(page), input);
  }

  /** @deprecated `createSession` */
  async mintWaxKey(options: CreateSessionOptions = {}): Promise<CreateSessionResult> {
    deprecated('mintWaxKey', 'createSession');
    return this.createSession(options);
  }

  /** @deprecated `revokeSession` */
  async revokeWaxKey(sessionKey: string): Promise<void> {
    deprecated('revokeWaxKey', 'revokeSession');
    return this.revokeSession(sessionKey);
  }

  async #loadEvents({ after, limit, types }: ListEventsInput): Promise<ListEventsResult> {
    const asked = query({ after, limit, types: types?.join(',') });
    const url = `${this.#checkoutUrl()}/api/events${asked}`;
    const answer = await this.#repeat({ method: 'GET', url, headers: this.#bothKeys('listEvents') });
    const { data, hasMore, nextAfter } = answer;
    return {
      events: data ?? [],
      hasMore: hasMore === true,
      ...(nextAfter == null ? {} : { nextAfter }),
    } as ListEventsResult;
  }

  /** A change at Pay. Never repeated by itself. */
  async #pay(method: string, path: string, fields: Json, idempotencyKey?: string): Promise<Json> {
    const { merchantId, apiKey } = this.#credentials(method);
    return this.#send({
      method: 'POST',
      url: this.#settings.apiUrl + path,
      headers: { 'x-api-key': apiKey, 'vault-api-key': this.#settings.vaultKey, ...keyHeader(idempotencyKey) },
      body: { merchantId, ...fields },
      secrets: [fields.ozuraVaultToken, fields.ozuraCardToken, fields.ozuraCvcSession].map((value) => value as string),
    });
  }

  async #movePlan(method: string, planId: string, move: 'pause' | 'resume' | 'cancel'): Promise<Plan> {
    return dataOf(await this.#pay(method, `/recurring/plans/${encodeURIComponent(planId)}/${move}`, {}));
  }

  /** Repeated only with an idempotency key: without one a repeated call would make a second session or link. */
  async #create<Created>(method: string, path: string, fields: Json): Promise<Created> {
    const { merchantId } = this.#credentials(method);
    const url = this.#checkoutUrl() + path;
    const call: Call = { method: 'POST', url, headers: this.#bothKeys(method), body: { merchantId, ...fields } };
    const answer = await (fields.idempotencyKey == null ? this.#send(call) : this.#repeat(call));
    const { warnings, cached } = answer;
    const notes = { ...(warnings === undefined ? {} : { warnings }), ...(cached === true ? { cached } : {}) };
    return { ...dataOf<Json>(answer), ...notes } as Created;
  }

  #checkoutUrl(): string {
    const { checkoutUrl, checkoutUrlIsDefault, vaultKey, apiKey } = this.#settings;
    if (checkoutUrlIsDefault && (isLive(vaultKey) || isLive(apiKey))) throw defaultUrl('checkoutUrl');
    return checkoutUrl;
  }

  #bothKeys(method: string): Readonly<Record<string, string>> {
    return { 'x-api-key': this.#settings.vaultKey, 'x-ozura-api-key': this.#credentials(method).apiKey };
  }

  /** Checked when they are first needed: a server that only makes sessions has none. */
  #credentials(method: string): Credentials {
    const { merchantId, apiKey } = this.#settings;
    if (merchantId === undefined || apiKey === undefined) throw badInput(`${method} requires merchantId and apiKey`);
    return { merchantId, apiKey };
  }

  #repeat(call: Call): Promise<Json> {
    return withRetries(this.#settings.retries, () => this.#send(call));
  }

  #send({ secrets = [], ...call }: Call): Promise<Json> {
    const { timeoutMs, fetch, vaultKey, apiKey } = this.#settings;
    const hidden = [vaultKey, apiKey, ...secrets].filter((secret) => typeof secret === 'string');
    return exchange({ timeoutMs, fetch, ...call, secrets: hidden });
  }
}

const keyHeader = (key: string | undefined): Readonly<Record<string, string>> =>
  key === undefined ? {} : { 'idempotency-key': key };

/** From `data`, or from the top level where there is none. */
const dataOf = <Data>(answer: Json): Data => (answer.data ?? answer) as Data;

function query(members: Json): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) {
    if (value != null) parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
