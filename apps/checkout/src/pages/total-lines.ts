// The lines that make up the total (contract 6.5), and behind "Why this total?" how each of them is computed. Every line
// that there can be is there from the start, so that the script only fills in amounts as the address is typed.
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

export function totalLines(view: PayView, language: Language): Html {
  const text = language.messages.page;
  const { subtotalMinor, taxMinor, totalMinor, currency } = view.price;
  const lines: Line[] = [
    { id: 'line-subtotal', label: text.subtotal, minor: subtotalMinor },
    ...(view.isTaxed ? [{ id: 'line-tax', label: text.tax, minor: taxMinor, shown: taxMinor > 0n }] : []),
    ...surchargeLines('line-surcharge', view, language),
    { id: 'line-total', label: text.total, minor: totalMinor },
  ];
  return drawLines(lines, currency, language);
}

export function whyThisTotal(view: PayView, language: Language): Html {
  const text = language.messages.page;
  const { subtotalMinor, taxMinor, totalMinor, currency } = view.price;
  const [percent, amount] = [language.percent(view.surchargeHundredths), language.money(subtotalMinor, currency)];
  const lines: Line[] = [
    ...baseLines(view, language),
    ...(view.isTaxed ? [{ id: 'why-tax', label: text.tax, minor: taxMinor, by: text.whyTax }] : []),
    ...surchargeLines('why-surcharge', view, language).map((line) => ({
      ...line,
      by: fill(text.whySurcharge, { percent, amount }),
    })),
    { id: 'why-total', label: text.total, minor: totalMinor },
  ];
  return html`<details class="why"><summary>${text.why}</summary>
<dl class="lines">${drawLines(lines, currency, language)}</dl></details>`;
}

/** None where the merchant adds nothing; hidden while it is nothing, as before a donor has chosen. */
function surchargeLines(id: string, { price, surchargeHundredths }: PayView, language: Language): Line[] {
  if (surchargeHundredths === 0n) return [];
  const label = fill(language.messages.page.surcharge, { percent: language.percent(surchargeHundredths) });
  return [{ id, label, minor: price.surchargeMinor, shown: price.surchargeMinor > 0n }];
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

const drawLines = (lines: readonly Line[], currency: string, language: Language): Html =>
  html`${lines.map(
    ({ id, label, minor, by, shown = true }) =>
      html`<div id="${id}"${!shown && html` hidden`}><dt>${
        by === undefined ? label : html`<bdi>${label}</bdi> <small>${by}</small>`
      }</dt><dd>${language.money(minor, currency)}</dd></div>`,
  )}`;
