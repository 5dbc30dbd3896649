// What a customer agrees to when a session starts a plan (contract 6.3): in plain words, before the pay button.
import { type Html, html } from '@ozura/kit/html';
import type { Language } from './language.ts';
import { fill } from './messages/catalogue.ts';
import type { PlanView } from './view.ts';

export function planTerms(plan: PlanView, currency: string, language: Language): Html {
  const text = language.messages.page.plan;
  const { setupFeeMinor = 0n } = plan;
  const term = (name: string, value: string): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const money = (minor: bigint): string => language.money(minor, currency);
  return html`<dl class="lines terms">
${term(text.price, fill(text.pays, { amount: money(plan.amountMinor), every: everyText(plan, language) }))}
${plan.initialAmountMinor !== undefined && term(text.intro, introText(plan, money(plan.initialAmountMinor), language))}
${setupFeeMinor > 0n && term(text.setupFee, fill(text.once, { amount: money(setupFeeMinor) }))}
${term(text.start, language.date(plan.startDate))}
${term(text.end, endText(plan, language))}
</dl>`;
}

/** Once more in one sentence, right above the button. */
export function planConsent(plan: PlanView, about: { merchant: string; currency: string }, language: Language): string {
  const text = language.messages.page.plan;
  return fill(plan.initialAmountMinor === undefined ? text.consent : text.consentIntro, {
    merchant: language.isolated(about.merchant),
    amount: language.money(plan.amountMinor, about.currency),
    every: everyText(plan, language),
  });
}

function everyText({ interval, intervalCount }: PlanView, { messages, counted }: Language): string {
  const { every, everyMany } = messages.page.plan;
  return intervalCount === 1 ? every[interval] : counted(everyMany[interval], intervalCount);
}

function introText({ initialCycles = 1 }: PlanView, amount: string, { messages, counted }: Language): string {
  const { introFirst, introMany } = messages.page.plan;
  return initialCycles === 1 ? fill(introFirst, { amount }) : counted(introMany, initialCycles, { amount });
}

function endText({ maxCycles, endDate }: PlanView, language: Language): string {
  const text = language.messages.page.plan;
  const date = endDate === undefined ? '' : language.date(endDate);
  if (maxCycles === undefined) return endDate === undefined ? text.endNever : fill(text.endDate, { date });
  if (maxCycles === 1) return text.endOne;
  return language.counted(endDate === undefined ? text.endMany : text.endBoth, maxCycles, { date });
}
