// The price on the page: lines, total and the button's text, kept in step with what the server quotes.
import { fill, keepSign, type ScriptMessages } from '../pages/messages/catalogue.ts';
import { fieldValue, isPlaceKnown } from './billing-input.ts';
import type { CountryFields } from './country-fields.ts';
import type { Donation } from './donation.ts';
import { callPage } from './page-call.ts';
import { byId, type CheckoutFacts } from './page-facts.ts';

export interface ShownPrice {
  /** Decimal text of the total that stands on the page: what the customer agrees to. */
  total(): string;
  /** The amount in the customer's way of writing. */
  totalText(): string;
  payText(): string;
  /** `pricing` of an answer; `surchargePercent` as quoted, when it was. */
  show(pricing: Readonly<Record<string, unknown>>, surchargePercent?: unknown): void;
}

const LINES = ['subtotal', 'tax', 'surcharge', 'total'] as const;
/** A zero is a line only of the amounts that every price has. */
const ALWAYS: ReadonlySet<string> = new Set(['subtotal', 'total']);

export function openPrice({ currency, exponent, total, donation, messages, ...facts }: CheckoutFacts): ShownPrice {
  const write = moneyWriter(currency, exponent);
  let current = total;
  let percent = donation && percentText(donation.surchargeHundredths / 100);
  const totalText = (): string => write(current as `${number}`);
  const payText = (): string =>
    donation !== undefined && Number(current) === 0 ? donation.payText : fill(facts.payText, { amount: totalText() });
  return {
    total: () => current,
    totalText,
    payText,
    show(pricing, surchargePercent) {
      if (typeof pricing.total !== 'number') return;
      current = String(pricing.total);
      const amountOf = (line: string): number => Number(pricing[line] ?? 0);
      for (const line of LINES) showLine(line, write(amountOf(line)), amountOf(line) !== 0);
      if (typeof surchargePercent === 'string') percent = percentText(Number(surchargePercent));
      if (percent !== undefined) labelSurcharge(percent, write(amountOf('subtotal')), messages);
      showDetails(amountOf('tax') > 0, amountOf('surcharge') > 0);
      byId('grand-total').textContent = totalText();
      byId('pay').textContent = payText();
    },
  };
}

/** In the page's language, with the decimals that amounts of the currency have. */
function moneyWriter(currency: string, exponent: number): (amount: number | `${number}`) => string {
  const format = new Intl.NumberFormat(document.documentElement.lang, {
    style: 'currency',
    currency,
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  });
  return (amount) => keepSign(format.format(amount));
}

/** In the list and in its explanation, which also has a line for a tax of nothing. */
function showLine(name: (typeof LINES)[number], amount: string, isSome: boolean): void {
  for (const id of [`line-${name}`, `why-${name}`]) {
    toggle(id, isSome || ALWAYS.has(name) || id === 'why-tax');
    setText(`#${id} dd`, amount);
  }
}

/** What can never be on the page of a session is not in it. */
function toggle(id: string, isShown: boolean): void {
  const place = document.getElementById(id);
  if (place !== null) place.hidden = !isShown;
}

function setText(selector: string, text: string): void {
  const place = document.querySelector(selector);
  if (place !== null) place.textContent = text;
}

/** The list comes with the first line that makes the total more than one amount, and then stays. */
function showDetails(isTaxed: boolean, isSurcharged: boolean): void {
  toggle('surcharge-reason', isSurcharged);
  if (isTaxed || isSurcharged) toggle('lines', true);
  toggle('plan-extra', isTaxed || isSurcharged);
}

function labelSurcharge(percent: string, amount: string, { surcharge, whySurcharge }: ScriptMessages): void {
  for (const label of ['#line-surcharge dt', '#why-surcharge bdi']) setText(label, fill(surcharge, { percent }));
  setText('#why-surcharge small', fill(whySurcharge, { percent, amount }));
}

const percentText = (percent: number): string =>
  new Intl.NumberFormat(document.documentElement.lang, { style: 'percent', maximumFractionDigits: 2 }).format(
    percent / 100,
  );

const quietMs = 400;

export interface Quoting {
  readonly facts: CheckoutFacts;
  readonly price: ShownPrice;
  readonly country: CountryFields;
  readonly donation: Donation | undefined;
  readonly isPaying: () => boolean;
}

/** Asks for a new price when what decides about it has changed, and once for what the browser has filled in. */
export function openQuotes(quoting: Quoting): { readonly askSoon: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = askOnce(quoting);
  const askSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), quietMs);
  };
  byId('form').addEventListener('input', ({ target }) => {
    if (target instanceof Element && ['country', 'state', 'zip'].includes(target.id)) askSoon();
  });
  byId('form').addEventListener('address-form', askSoon);
  askSoon();
  return { askSoon };
}

/** One that was answered is not asked again; an answer that no longer fits what is typed is not shown. */
function askOnce(quoting: Quoting): () => Promise<void> {
  const { facts, price, isPaying } = quoting;
  let asked: string | undefined;
  return async () => {
    const question = questionOf(quoting);
    if (question === undefined || question === asked) return;
    asked = question;
    const answer = await callPage(facts, 'quote', JSON.parse(question) as object);
    if (answer?.status !== 200) asked = undefined;
    else if (question === questionOf(quoting) && !isPaying()) {
      price.show((answer.data.pricing ?? {}) as Record<string, unknown>, answer.data.surchargePercent);
    }
  };
}

/** As JSON; `undefined` while something that decides about the price is missing. */
function questionOf({ facts, country, donation }: Quoting): string | undefined {
  const billing = { country: fieldValue('country'), state: fieldValue('state'), zip: fieldValue('zip') };
  const donationAmount = donation?.amount();
  const isComplete = isPlaceKnown(country.form(), facts) && (donation === undefined || donationAmount !== undefined);
  return isComplete ? JSON.stringify({ billing, donationAmount }) : undefined;
}
