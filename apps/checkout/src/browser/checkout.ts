// The script of the payment page: brings the card fields, checks what is typed, pays, cancels, and watches the time.

import { readBilling } from './billing-input.ts';
import { type CardFields, openCardFields } from './card-fields.ts';
import { openCountryFields } from './country-fields.ts';
import { markField } from './field-errors.ts';
import { callPage } from './page-call.ts';
import { byId, type CheckoutFacts, preparePage, readFacts } from './page-facts.ts';
import { openPayView } from './pay-view.ts';
import { payOnce } from './payment.ts';
import { openPrice, quoteOnChange } from './price.ts';
import { watchTimeLeft } from './time-left.ts';

const facts = readFacts<CheckoutFacts>();
const { messages } = facts;
preparePage(facts);

const view = openPayView();
const price = openPrice(facts);
const card = openCardFields(facts, () => view.problem(messages.cardFramesBlocked, 'card-problem'));
card.catch(() => view.problem(messages.sessionKeyFailed, 'card-problem'));

openCountryFields(messages);
quoteOnChange(facts, price, view.isPaying);
checkOnLeave();
watchTimeLeft({ facts, isPaying: view.isPaying, leave: () => void cancel(), say: view.say });

byId('form').addEventListener('submit', (event) => {
  event.preventDefault();
  void submit();
});
byId('cancel').addEventListener('click', () => void cancel());

/** From the first line on no second click gets through, also while the card fields are still loading. */
let submitting = false;
async function submit(): Promise<void> {
  if (submitting || view.isPaying()) return;
  submitting = true;
  try {
    const fields: CardFields | undefined = await card.catch(() => undefined);
    if (fields !== undefined) await payOnce({ facts, card: fields, price, view });
  } finally {
    submitting = false;
  }
}

async function cancel(): Promise<void> {
  if (submitting || view.isPaying()) return;
  const answer = await callPage(facts, 'cancel');
  if (answer?.status === 200) return location.replace(facts.cancelUrl);
  if (answer?.errorCode === 'PAYMENT_IN_PROGRESS') return view.problem(messages.cancelBusy);
  if (answer === undefined || answer.status >= 500 || answer.status === 429) return view.problem(messages.tryAgain);
  location.reload();
}

/** A field that was filled in says at once what is wrong with it; one that was left empty waits for the pay button. */
function checkOnLeave(): void {
  byId('form').addEventListener('focusout', ({ target }) => {
    const isField = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
    // Not everything in a form is ours: extensions put their own controls into it.
    if (!isField || target.value.trim() === '' || document.getElementById(`${target.id}-error`) === null) return;
    const error = readBilling(messages).errors.find(({ name }) => name === target.id);
    markField(target.id, error?.text ?? '');
  });
}
