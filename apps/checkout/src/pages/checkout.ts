// The page of a session that can be paid: order, contact, card, billing address, pay. Complete before any script runs.
import { type Html, html } from '@ozura/kit/html';
import type { AddressFacts } from '../browser/page-facts.ts';
import { addressForm } from './address/form.ts';
import { addressUrl } from './address/serve.ts';
import type { Assets } from './assets.ts';
import { addressFields, contactFields } from './billing-form.ts';
import { cardFrame } from './card-frames.ts';
import { donationFacts, donationFields } from './donation-form.ts';
import { type FieldParts, frameField } from './fields.ts';
import { lockIcon } from './icons.ts';
import type { Language } from './language.ts';
import { drawPage, scriptTag } from './layout.ts';
import { fill } from './messages/catalogue.ts';
import { planConsent } from './plan-terms.ts';
import { orderSummary, titleOf } from './summary.ts';
import type { BlockedView, PayView, PlanView } from './view.ts';

export interface CheckoutPage {
  readonly language: Language;
  readonly assets: Assets;
  readonly view: PayView;
}

export function checkoutPage({ language, assets, view }: CheckoutPage): string {
  return drawPage({
    ...view,
    language,
    assets,
    title: titleOf(view, language),
    style: view.donation === undefined ? assets.checkoutStyle : assets.donateStyle,
    script: scriptOf(view, assets),
    facts: factsOf(view, assets, language),
    main: html`<main class="card columns">
${orderSummary(view, language)}
${payForm(view, assets, language)}
${confirming(language)}
</main>
${moreTime(language)}`,
  });
}

const scriptOf = ({ banner, donation }: PayView, assets: Assets) =>
  banner === 'preview' ? assets.previewScript : donation === undefined ? assets.checkoutScript : assets.donateScript;

function payForm(view: PayView, assets: Assets, language: Language): Html {
  const text = language.messages.page;
  return html`<form id="form" method="post" novalidate>
<noscript><p class="problem">${text.scriptOff}</p></noscript>
<div class="problems" id="problems" role="group" aria-labelledby="problems-title" hidden>
<h2 id="problems-title">${text.errorSummary}</h2><ul></ul></div>
${view.donation && donationFields(view.donation, view.price.currency, language)}
<fieldset><legend>${text.contact}</legend>${contactFields(language)}</fieldset>
${view.frames && html`<template id="phone-script">${scriptTag(assets.phoneScript)}</template>`}
<fieldset><legend>${text.card}</legend>
<p class="problem" id="card-problem" role="alert"></p>${view.blocked && blockedFields(view, view.blocked, language)}${cardFields(view, language)}</fieldset>
<fieldset><legend>${text.billing}</legend>${addressFields(language, view.country)}</fieldset>
<div class="actions">
<p class="problem" id="problem" role="alert"></p>
${view.plan && view.plan.maxCycles !== 1 && html`<p class="hint">${consentOf(view, view.plan, language)}</p>`}
<button class="pay" id="pay" type="submit">${payText(view, language)}</button>
<button class="cancel" id="cancel" type="button">${view.look.cancelButtonText ?? text.cancel}</button>
<p class="secured">${lockIcon}<span>${text.secured}</span></p>
</div>
<p class="unseen" id="status" role="status"></p>
</form>`;
}

const factsOf = (view: PayView, assets: Assets, language: Language): object => ({
  ...view.facts,
  payText: paySentence(view, language),
  address: addressFacts(view.country, language),
  brandsUrl: assets.brands.url,
  ...(view.donation && { donation: donationFacts(view.donation, view, language) }),
  messages: language.messages.script,
});

/** Of the first country, what the document does not say already. */
function addressFacts(country: string, language: Language): AddressFacts {
  const { zipPattern, zipExample, phoneExample } = addressForm(country, language) ?? {};
  return { url: addressUrl(language), form: { zipPattern, zipExample, phoneExample } };
}

function paySentence({ donation, plan }: PayView, { messages: { page: text } }: Language): string {
  return donation !== undefined ? text.donate : plan !== undefined ? text.payToday : text.pay;
}

function payText(view: PayView, language: Language): string {
  const { totalMinor, currency } = view.price;
  if (view.donation !== undefined && totalMinor === 0n) return language.messages.page.donateAny;
  return fill(paySentence(view, language), { amount: language.money(totalMinor, currency) });
}

const consentOf = ({ merchantName, price }: PayView, plan: PlanView, language: Language): string =>
  planConsent(plan, { merchant: merchantName, currency: price.currency }, language);

function cardFields({ frames }: PayView, { messages: { page: text } }: Language): Html {
  const field = (parts: FieldParts) => frameField(parts, frames && cardFrame(parts.name, parts.label, frames));
  return html`${field({ name: 'cardNumber', label: text.cardNumber })}${field({
    name: 'expirationDate',
    label: text.expiry,
    width: 'half',
  })}${field({ name: 'cvv', label: text.securityCode, width: 'half' })}
${frames && html`<div id="tokenizer" hidden>${cardFrame('tokenizer', text.card, frames)}</div>`}`;
}

/** Shown when the iframe that holds the page keeps it from showing the card fields (contract 3.2). */
function blockedFields({ merchantName }: PayView, { allowPopup, cancelUrl }: BlockedView, language: Language): Html {
  const text = language.messages.page;
  return html`<div class="problem" id="blocked" role="alert" hidden><p>${text.blocked}</p>${
    allowPopup
      ? html`<button class="pay" id="open-window" type="button">${text.blockedOpen}</button>
<p id="blocked-opened" hidden>${text.blockedOpened}</p>`
      : html`<a href="${cancelUrl}" rel="noreferrer">${fill(text.backToShop, { merchant: merchantName })}</a>`
  }</div>`;
}

/** Takes the place of the form from the click on until the outcome is known to be late. */
const confirming = ({ messages: { page: text } }: Language): Html => html`
<section class="notice" id="confirming" tabindex="-1" aria-labelledby="confirming-title" hidden>
<div class="spinner"></div><h2 id="confirming-title">${text.confirmingTitle}</h2><p>${text.confirmingText}</p>
</section>`;

const moreTime = ({ messages: { page: text } }: Language): Html => html`
<dialog id="more-time" aria-labelledby="more-time-title">
<h2 id="more-time-title">${text.stillThere}</h2><p>${text.stillThereText}</p>
<button class="pay" id="extend" type="button">${text.moreTime}</button>
<button class="cancel" id="leave" type="button">${text.leave}</button>
</dialog>`;
