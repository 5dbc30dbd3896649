// Events (contract 14.2): which there are, and what each is about.

/** How long an event can be read and delivered again (contract 14.2). */
export const eventsKeptMs = 31 * 24 * 60 * 60_000;

export const EVENT_TYPES = [
  'session.completed',
  'session.expired',
  'session.cancelled',
  'session.failed',
  'payment.approved',
  'payment.declined',
  'payment.review',
  'payment.resolved',
  'payment.reversed',
  'payment.voided',
  'payment.returned',
  'refund.succeeded',
  'refund.failed',
  'payment_link.created',
  'payment_link.limit_reached',
  'payment_link.expired',
  'payment_link.deactivated',
  'plan.created',
  'plan.charged',
  'plan.charge_failed',
  'plan.past_due',
  'plan.paused',
  'plan.resumed',
  'plan.cancelled',
  'plan.completed',
  'webhook_endpoint.disabled',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

export const isEventType = (text: string): text is EventType => (EVENT_TYPES as readonly string[]).includes(text);

/**
 * What an event of Pay is about. Events of one object are delivered in their order: a payment with everything that
 * becomes of it, and a plan with its cycles.
 */
export function objectOf(type: string, members: Readonly<Record<string, unknown>>): string | undefined {
  const { planId, originalTransactionId, attemptId, transactionId } = members;
  const named = type.startsWith('plan.') ? planId : (originalTransactionId ?? attemptId ?? transactionId);
  return typeof named === 'string' ? named : undefined;
}
