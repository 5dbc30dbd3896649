// The lines that make up the total (contract 6.5), and behind "Why this total?" how each of them is computed. Every line
// is there from the start, so that the script only has to fill in amounts as the address is typed.
import { type Html, html } from '@ozura/kit/html';
import type { Language } from './language.ts';
import { fill } from './messages/catalogue.ts';
import type { PayView } from './view.ts';

interface Line {
  readonly id: string;
  readonly label: string;
  readonly minor: bigint;
  /** How it is computed. */
  readonly by?: string;
  /** Absent: always. */
  readonly shown?: boolean;
}

export const totalLines = ({ price, surchargeHundredths }: PayView, language: Language): Html => {
  const text = language.messages.page;
  const percent = language.percent(surchargeHundredths);
  const { subtotalMinor, taxMinor, surchargeMinor, totalMinor } = price;
  const lines: Line[] = [
    { id: 'line-subtotal', label: text.subtotal, minor: subtotalMinor },
    { id: 'line-tax', label: text.tax, minor: taxMinor, shown: taxMinor > 0n },
    {
      id: 'line-surcharge',
      label: fill(text.surcharge, { percent }),
      minor: surchargeMinor,
      shown: surchargeMinor > 0n,
    },
    { id: 'line-total', label: text.total, minor: totalMinor },
  ];
  return html`${lines.map((line) => drawLine(line, price.currency, language))}`;
};

export function whyThisTotal(view: PayView, language: Language): Html {
  const text = language.messages.page;
  const { price, surchargeHundredths, isTaxed } = view;
  const { subtotalMinor, taxMinor, surchargeMinor, totalMinor, currency } = price;
  const [percent, amount] = [language.percent(surchargeHundredths), language.money(subtotalMinor, currency)];
  const surcharge = fill(text.surcharge, { percent });
  const lines: Line[] = [
    ...baseLines(view, language),
    ...(isTaxed ? [{ id: 'why-tax', label: text.tax, minor: taxMinor, by: text.whyTax }] : []),
    {
      id: 'why-surcharge',
      label: surcharge,
      minor: surchargeMinor,
      by: fill(text.whySurcharge, { percent, amount }),
      shown: surchargeMinor > 0n,
    },
    { id: 'why-total', label: text.total, minor: totalMinor },
  ];
  return html`<details class="why"><summary>${text.why}</summary>
<dl class="lines">${lines.map((line) => drawLine(line, currency, language))}</dl></details>`;
}

/** What the subtotal consists of: items, the first payment of a plan, a gift, or the one price. */
function baseLines({ price, items, plan, donation }: PayView, language: Language): Line[] {
  const text = language.messages.page;
  const { subtotalMinor: minor, currency } = price;
  const subtotal: Line = { id: 'why-subtotal', label: text.subtotal, minor };
  if (donation !== undefined) return [{ ...subtotal, label: text.donation }];
  if (items.length > 0) {
    const lines = items.map(({ name, quantity, priceMinor }, index) => ({
      id: `why-item-${index + 1}`,
      label: name,
      minor: priceMinor * BigInt(quantity),
      by: `${language.number(quantity)} × ${language.money(priceMinor, currency)}`,
    }));
    return [...lines, subtotal];
  }
  const { setupFeeMinor = 0n, initialAmountMinor } = plan ?? {};
  const label = initialAmountMinor === undefined ? text.plan.price : text.plan.intro;
  if (setupFeeMinor === 0n) return [{ ...subtotal, label }];
  return [
    { id: 'why-price', label, minor: minor - setupFeeMinor },
    { id: 'why-setup-fee', label: text.plan.setupFee, minor: setupFeeMinor },
    subtotal,
  ];
}

const drawLine = ({ id, label, minor, by, shown = true }: Line, currency: string, language: Language): Html =>
  html`<div id="${id}"${!shown && html` hidden`}><dt>${by === undefined ? label : html`<span>${label}</span> <small>${by}</small>`}</dt><dd>${language.money(
    minor,
    currency,
  )}</dd></div>`;
