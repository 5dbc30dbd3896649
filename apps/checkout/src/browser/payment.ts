// Paying: one click makes one attempt with one key, and whatever happens to the answer, that attempt is the one asked about.
import { newUuid } from '@ozura/elements/browser/uuid';
import type { ScriptMessages } from '../pages/messages/catalogue.ts';
import { billingErrors, readBilling } from './billing-input.ts';
import type { CardFields } from './card-fields.ts';
import { paymentError } from './checkout-event.ts';
import type { CountryFields } from './country-fields.ts';
import type { Donation } from './donation.ts';
import type { Embedding } from './embedding.ts';
import { type Explanation, explain } from './explanation.ts';
import { clearErrors, showErrors } from './field-errors.ts';
import { awaitOutcome } from './outcome.ts';
import { callPage, pause } from './page-call.ts';
import { byId, type CheckoutFacts } from './page-facts.ts';
import { type PayStep, payStep } from './pay-step.ts';
import type { PayView } from './pay-view.ts';
import type { ShownPrice } from './price.ts';

const repeatEveryMs = 2_000;
/** Failures that tell nothing, in a row, after which the server is asked for a fresh page. */
const failuresMax = 30;

export interface Payment {
  readonly facts: CheckoutFacts;
  readonly card: CardFields;
  readonly country: CountryFields;
  readonly donation: Donation | undefined;
  readonly price: ShownPrice;
  readonly view: PayView;
  readonly embedding: Embedding;
}

/** Resolves when the customer can try again. Most ends of it leave the page. */
export async function payOnce(payment: Payment): Promise<void> {
  const { facts, card, country, donation, price, view } = payment;
  const { messages } = facts;
  clearErrors();
  view.problem('');
  const { billing, errors } = readBilling(facts, country.form());
  const cardErrors = card.errors();
  if (cardErrors.length > 0) card.revealErrors();
  const allErrors = inFormOrder([...(donation?.errors() ?? []), ...errors, ...cardErrors]);
  if (billing === undefined || allErrors.length > 0) return showErrors(allErrors);
  view.paying(messages.paying);
  const agreed = { expectedTotal: price.total(), donationAmount: donation?.amount() };
  const made = await card.tokenize().catch(() => undefined);
  if (made === undefined || 'kind' in made) {
    view.ready(price.payText());
    return view.problem(tokenProblem(made?.text, messages), 'card-problem');
  }
  const { token, cvcSession } = made;
  const step = await settle(payment, { token, cvcSession, billing, ...agreed, attemptKey: newUuid() });
  takeStep(step.do === 'watch' ? await watch(payment) : step, payment);
}

/** Repeats the call, always with the same key, until the answer says more than "not yet". */
async function settle({ facts, view, embedding }: Payment, body: object): Promise<PayStep> {
  for (let failures = 0; failures < failuresMax; ) {
    const answer = await callPage(facts, 'pay', body);
    const step = payStep(answer);
    if (answer !== undefined && step.do === 'decline') embedding.tell(paymentError(answer));
    if (step.do !== 'repeat') return step;
    // Without a connection there is nothing better than to go on: a fresh page would not come either.
    failures = step.because === 'failure' ? failures + 1 : 0;
    view.confirming(step.because === 'pending' ? '' : facts.messages.offline);
    await pause(repeatEveryMs);
  }
  return { do: 'reload' };
}

async function watch({ facts, view }: Payment): Promise<PayStep> {
  view.confirming(facts.messages.inProgress);
  const outcome = await awaitOutcome(facts);
  return outcome.do === 'pay-again' ? { do: 'say', sentence: 'tryAgain' } : outcome;
}

function takeStep(step: PayStep, payment: Payment): void {
  const { facts, card, country, price, view, embedding } = payment;
  if (step.do === 'leave') embedding.leave(step.departure);
  else if (step.do === 'reload') location.reload();
  else {
    if (step.do === 'ask-price') price.show(step.pricing);
    view.ready(price.payText());
    const errors = step.do === 'correct' ? billingErrors(step.failures, facts, country.form()) : [];
    if (errors.length > 0) showErrors(errors);
    else
      show(
        explain(step, { messages: facts.messages, tag: document.documentElement.lang }, price.totalText()),
        card,
        view,
      );
  }
}

function show({ text, clear, focus }: Explanation, card: CardFields, view: PayView): void {
  for (const field of clear) card.clear(field);
  // Beside the field that takes the focus, so that on a small screen both are in sight.
  view.problem(text, focus === undefined ? 'problem' : 'card-problem');
  if (focus !== undefined) card.focus(focus);
}

/** The Vault's own words, which are part of the contract (7.1). */
const VAULT_TEXTS: Readonly<Record<string, (messages: ScriptMessages) => string>> = {
  'Test mode accepts test cards only': ({ testCard }) => testCard,
  'Invalid card number': ({ declined }) => declined.INVALID_CARD_NUMBER,
  'Card has expired': ({ declined }) => declined.EXPIRED_CARD,
  'Invalid value for cvv': ({ declined }) => declined.INVALID_CVV,
};

const tokenProblem = (said: string | undefined, messages: ScriptMessages): string =>
  VAULT_TEXTS[said ?? '']?.(messages) ?? messages.tryAgain;

/** Billing and card fields are read apart; the customer meets them from top to bottom. */
const inFormOrder = <T extends { readonly name: string }>(errors: readonly T[]): T[] =>
  [...errors].sort((a, b) =>
    byId(a.name).compareDocumentPosition(byId(b.name)) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1,
  );
