// The form of a session that can be paid: brings the card fields, checks what is typed, pays, cancels, watches the time.
import { readBilling } from './billing-input.ts';
import { type CardFields, openCardFields } from './card-fields.ts';
import { type CountryFields, openCountryFields } from './country-fields.ts';
import type { Donation, OpenDonation } from './donation.ts';
import { type Embedding, openEmbedding } from './embedding.ts';
import { markField } from './field-errors.ts';
import { callPage } from './page-call.ts';
import { byId, type CheckoutFacts, fieldsBlocked, preparePage, readFacts } from './page-facts.ts';
import { openPayView, type PayView } from './pay-view.ts';
import { payOnce } from './payment.ts';
import { openPrice, openQuotes } from './price.ts';
import { watchTimeLeft } from './time-left.ts';

/** `openDonation`: only on the page of a donation, whose script is larger for it. */
export function openPayForm(openDonation?: OpenDonation): void {
  const facts = readFacts<CheckoutFacts>();
  const { messages } = facts;
  preparePage(facts);
  const view = openPayView();
  const embedding = openEmbedding(facts.embedding);
  const price = openPrice(facts);
  const card = openCardFields(facts, {
    onReady: () => {
      // They were merely slow.
      if (tellBlocked(false) && byId('card-problem').textContent === messages.cardFramesBlocked) view.problem('');
      embedding.tell({ type: 'CHECKOUT_READY' });
    },
    onBlocked: () => {
      if (tellBlocked(true)) view.problem(messages.cardFramesBlocked, 'card-problem');
    },
  });
  card.catch(() => view.problem(messages.sessionKeyFailed, 'card-problem'));
  const country = openCountryFields(facts);
  const donation = openDonation?.(facts, (pricing) => {
    if (view.isPaying()) return;
    // What is known at once is shown at once; the server's word follows.
    price.show(pricing);
    quotes.askSoon();
  });
  const quotes = openQuotes({ facts, price, country, donation, isPaying: view.isPaying });
  checkOnLeave(facts, country, donation);
  byId('phone').addEventListener('focus', loadPhone, { once: true });

  /** From the first line on no second click gets through, also while the card fields are still loading. */
  let submitting = false;
  const submit = async (): Promise<void> => {
    if (submitting || view.isPaying()) return;
    submitting = true;
    try {
      const fields: CardFields | undefined = await card.catch(() => undefined);
      if (fields !== undefined) await payOnce({ facts, card: fields, country, donation, price, view, embedding });
    } finally {
      submitting = false;
    }
  };
  const leave = (): void => {
    if (!submitting && !view.isPaying()) void cancel(facts, view, embedding);
  };
  watchTimeLeft({ facts, isPaying: view.isPaying, leave, say: view.say, warn: (text) => view.problem(text) });
  byId('form').addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
  byId('cancel').addEventListener('click', leave);
}

/** False where somebody else shows it: in an iframe there may be a way out; see `framed.ts`. */
const tellBlocked = (detail: boolean): boolean =>
  document.dispatchEvent(new CustomEvent(fieldsBlocked, { cancelable: true, detail }));

/** A script from the server's own template: no text becomes an address here, which the policy would refuse. */
function loadPhone(): void {
  document.head.append(document.importNode(byId<HTMLTemplateElement>('phone-script').content, true));
}

async function cancel(facts: CheckoutFacts, view: PayView, embedding: Embedding): Promise<void> {
  const { messages, cancelUrl: url } = facts;
  const answer = await callPage(facts, 'cancel');
  if (answer?.status === 200) return embedding.leave({ url, event: { type: 'CHECKOUT_CANCELLED' } });
  if (answer?.errorCode === 'PAYMENT_IN_PROGRESS') return view.problem(messages.cancelBusy);
  if (answer === undefined || answer.status >= 500 || answer.status === 429) return view.problem(messages.tryAgain);
  location.reload();
}

/** A field that was filled in says at once what is wrong with it; one that was left empty waits for the pay button. */
function checkOnLeave(facts: CheckoutFacts, country: CountryFields, donation: Donation | undefined): void {
  byId('form').addEventListener('focusout', ({ target }) => {
    const isField = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
    // Not everything in a form is ours: extensions put their own controls into it.
    if (!isField || target.value.trim() === '' || document.getElementById(`${target.id}-error`) === null) return;
    const errors = [...(donation?.errors() ?? []), ...readBilling(facts, country.form()).errors];
    const error = errors.find(({ name }) => name === target.id);
    markField(target.id, error?.text ?? '');
  });
}
