// Events (contract 14.2): what the feed answers and webhooks carry.

/** By type, in the words of the contract. Members that this version does not know may come with a later one. */
export interface OzuraEventData {
  'session.completed': SessionEventData;
  'session.expired': SessionEventData;
  'session.cancelled': SessionEventData;
  'session.failed': SessionEventData & { readonly errorCode: string };
  'payment.approved': PaymentEventData & { readonly transactionId: string; readonly processor: string };
  'payment.declined': PaymentEventData & {
    readonly errorCode: string;
    readonly declineCode: string;
    readonly processorCode?: string;
    readonly advice: 'retry_later' | 'fix_data' | 'other_card' | 'call_bank' | 'never';
  };
  'payment.review': PaymentEventData;
  'payment.resolved': PaymentEventData & { readonly outcome: string };
  'payment.reversed': ReversalEventData;
  'payment.voided': ReversalEventData;
  'payment.returned': ReversalEventData;
  'refund.succeeded': RefundEventData;
  'refund.failed': RefundEventData;
  'payment_link.created': LinkEventData;
  'payment_link.limit_reached': LinkEventData;
  'payment_link.expired': LinkEventData;
  'payment_link.deactivated': LinkEventData;
  'plan.created': PlanEventData;
  'plan.charged': PlanEventData;
  'plan.charge_failed': PlanEventData;
  'plan.past_due': PlanEventData;
  'plan.paused': PlanEventData;
  'plan.resumed': PlanEventData;
  'plan.cancelled': PlanEventData;
  'plan.completed': PlanEventData;
  'webhook_endpoint.disabled': { readonly endpointId: string; readonly url: string; readonly reason: string };
}

export type OzuraEventType = keyof OzuraEventData;

/** Narrow it by `type`. */
export type OzuraEvent = {
  [Type in OzuraEventType]: {
    /** `evt_…`. Receivers deduplicate by it. */
    readonly id: string;
    readonly type: Type;
    /** ISO 8601. */
    readonly timestamp: string;
    /** Per merchant, without gaps. */
    readonly sequence: number;
    readonly merchantId: string;
    readonly data: OzuraEventData[Type];
  };
}[OzuraEventType];

interface SessionEventData {
  /** As `getCheckoutSession` answers it, without what needs keys. */
  readonly session: Readonly<Record<string, unknown>> & { readonly id: string; readonly status: string };
}

interface PaymentEventData {
  readonly attemptId: string;
  readonly amount: string;
  readonly currency: string;
  readonly orderId?: string;
  readonly sessionId?: string;
  readonly planId?: string;
  readonly cardLastFour?: string;
  readonly cardExpMonth?: string;
  readonly cardExpYear?: string;
  readonly cardBrand?: string;
}

interface ReversalEventData {
  readonly transactionId: string;
  readonly originalTransactionId: string;
  readonly amount: string;
  readonly currency: string;
  readonly reason: string;
}

interface RefundEventData {
  readonly transactionId?: string;
  readonly originalTransactionId: string;
  readonly amount: string;
  readonly currency: string;
}

interface LinkEventData {
  readonly paymentLinkId: string;
  readonly used: number;
  readonly usageLimit: number | null;
}

interface PlanEventData {
  readonly planId: string;
  readonly status: string;
  readonly cycle: number;
  readonly nextChargeDate?: string;
  readonly transactionId?: string;
}

export interface ListEventsInput {
  /** An event's id or `sequence`: those after it. */
  readonly after?: string | number | undefined;
  /** 1-100. */
  readonly limit?: number | undefined;
  readonly types?: readonly OzuraEventType[] | undefined;
}

export interface ListEventsResult {
  readonly events: OzuraEvent[];
  readonly hasMore: boolean;
  /** For the next call; absent when there was none yet. */
  readonly nextAfter?: string;
}

/** One page when it is awaited; every event from there on in `for await`, until there is none left. */
export interface EventList extends PromiseLike<ListEventsResult>, AsyncIterable<OzuraEvent> {}

export type LoadEvents = (input: ListEventsInput) => Promise<ListEventsResult>;

export const eventList = (load: LoadEvents, input: ListEventsInput): EventList => ({
  // biome-ignore lint/suspicious/noThenProperty: awaiting the list loads one page of it
  then: (onFulfilled, onRejected) => load(input).then(onFulfilled, onRejected),
  async *[Symbol.asyncIterator]() {
    let { after } = input;
    for (;;) {
      const page = await load({ ...input, after });
      yield* page.events;
      if (!page.hasMore || page.nextAfter === undefined) return;
      after = page.nextAfter;
    }
  },
});
