// What is being paid: the total first, then the items and the lines it is made of.
import type { Item } from '@ozura/contract/checkout/items';
import { type Html, html } from '@ozura/kit/html';
import type { Language } from './language.ts';
import { fill } from './messages/catalogue.ts';
import { planTerms } from './plan-terms.ts';
import { totalLines, whyThisTotal } from './total-lines.ts';
import type { PayView } from './view.ts';

export function orderSummary(view: PayView, language: Language): Html {
  const text = language.messages.page;
  const { currency, totalMinor, taxMinor, surchargeMinor } = view.price;
  const isDetailed = surchargeMinor > 0n || taxMinor > 0n || view.items.length > 0;
  const title = view.look.showMerchantName ? titleOf(view, language) : text.summary;
  return html`<section class="summary" aria-labelledby="summary-title"><div class="order">
<h1 id="summary-title">${title}</h1>
<p class="grand-total" id="grand-total" aria-live="polite">${language.money(totalMinor, currency)}</p>
${view.plan && html`<p class="hint">${text.firstPayment}</p>${planTerms(view.plan, currency, language)}`}
${view.items.length > 0 && itemList(view.items, currency, language)}
<dl class="lines" id="lines"${!isDetailed && html` hidden`}>
${totalLines(view, language)}
</dl>
${view.surchargeHundredths > 0n && html`<p class="hint" id="surcharge-reason"${surchargeMinor === 0n && html` hidden`}>${text.surchargeReason}</p>`}
${view.plan && html`<p class="hint" id="plan-extra"${!isDetailed && html` hidden`}>${text.plan.extra}</p>`}
${whyThisTotal(view, language)}
</div></section>`;
}

export function titleOf({ merchantName, donation, plan }: PayView, language: Language): string {
  const text = language.messages.page;
  if (plan !== undefined) return fill(text.titlePlan, { plan: language.isolated(plan.planName) });
  return fill(donation === undefined ? text.titlePay : text.titleDonation, {
    merchant: language.isolated(merchantName),
  });
}

/** As many as fit on a telephone above the form; more of them scroll in their place, by keyboard too. */
const itemsShownMax = 6;

function itemList(items: readonly Item[], currency: string, language: Language): Html {
  const rows = items.map((item) => itemRow(item, currency, language));
  if (items.length <= itemsShownMax) return html`<ul class="items">${rows}</ul>`;
  return html`<ul class="items long" tabindex="0" aria-label="${language.messages.page.summary}">${rows}</ul>`;
}

/** What the merchant wrote keeps its own direction on a page of the other one. */
function itemRow(item: Item, currency: string, language: Language): Html {
  const text = language.messages.page;
  const { name, quantity, priceMinor, originalPriceMinor, discountLabel, description, imageUrl } = item;
  const total = language.money(priceMinor * BigInt(quantity), currency);
  const before =
    originalPriceMinor !== undefined &&
    originalPriceMinor > priceMinor &&
    html`<s><span class="unseen">${text.was} </span>${language.money(originalPriceMinor * BigInt(quantity), currency)}</s>`;
  return html`<li>
${imageUrl && html`<img src="${imageUrl}" alt="" width="48" height="48" loading="lazy" decoding="async">`}
<div><p class="item-name"><bdi>${name}</bdi></p>${description && html`<p class="hint"><bdi>${description}</bdi></p>`}
${quantity > 1 && html`<p class="hint">${fill(text.quantity, { count: language.number(quantity) })}</p>`}
${discountLabel && html`<bdi class="discount">${discountLabel}</bdi>`}</div>
<p class="item-price">${total}${before}</p>
</li>`;
}
