// The price on the page: lines, total and the button's text, kept in step with what the server quotes.
import { billingPlace } from '@ozura/core/billing';
import { Intake } from '@ozura/core/validation';
import { fill } from '../pages/messages/catalogue.ts';
import { fieldValue } from './billing-input.ts';
import { callPage } from './page-call.ts';
import { byId, type CheckoutFacts } from './page-facts.ts';

export interface ShownPrice {
  /** Decimal text of the total that stands on the page: what the customer agrees to. */
  total(): string;
  /** The amount in the customer's way of writing. */
  totalText(): string;
  payText(): string;
  show(pricing: Readonly<Record<string, unknown>>): void;
}

const LINES = ['subtotal', 'tax', 'surcharge', 'total'] as const;

export function openPrice({ currency, total, messages }: CheckoutFacts): ShownPrice {
  const format = new Intl.NumberFormat(document.documentElement.lang, { style: 'currency', currency });
  let current = total;
  const totalText = (): string => format.format(current as `${number}`);
  const payText = (): string => fill(messages.pay, { amount: totalText() });
  return {
    total: () => current,
    totalText,
    payText,
    show(pricing) {
      if (typeof pricing.total !== 'number') return;
      current = String(pricing.total);
      for (const name of LINES) showLine(name, Number(pricing[name] ?? 0), format);
      byId('grand-total').textContent = totalText();
      byId('pay').textContent = payText();
    },
  };
}

/** A line that was there stays: a surcharge of zero is news too. The list appears with the first line it gets. */
function showLine(name: (typeof LINES)[number], amount: number, format: Intl.NumberFormat): void {
  const line = byId(`line-${name}`);
  const value = line.querySelector('dd');
  if (value !== null) value.textContent = format.format(amount);
  if (amount > 0 && line.hidden) {
    line.hidden = false;
    byId('lines').hidden = false;
  }
}

const quietMs = 400;

/** Asks for a new price when the address that decides about tax has changed. The newest question wins. */
export function quoteOnChange(facts: CheckoutFacts, price: ShownPrice, isPaying: () => boolean): void {
  let asked = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = async (): Promise<void> => {
    const place = { country: fieldValue('country'), state: fieldValue('state'), zip: fieldValue('zip') };
    const question = JSON.stringify(place);
    const intake = new Intake();
    billingPlace(place, '', intake);
    if (intake.failures.length > 0 || question === asked) return;
    asked = question;
    const answer = await callPage(facts, 'quote', { billing: place });
    if (asked === question && answer?.status === 200 && !isPaying()) {
      price.show((answer.data.pricing ?? {}) as Readonly<Record<string, unknown>>);
    }
  };
  byId('form').addEventListener('input', ({ target }) => {
    if (!(target instanceof Element) || !['country', 'state', 'zip'].includes(target.id)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), quietMs);
  });
}
