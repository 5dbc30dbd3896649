// What the donor gives: the amounts that the merchant offers, and a field for any other where that is allowed.
import type { DonationConfig } from '@ozura/contract/checkout/donation';
import { formatMoney } from '@ozura/core/money';
import { type Html, html } from '@ozura/kit/html';
import type { DonationFacts } from '../browser/page-facts.ts';
import { errorPlace, inputField } from './fields.ts';
import type { Language } from './language.ts';
import { fill } from './messages/catalogue.ts';
import type { PayView } from './view.ts';

export function donationFields(donation: DonationConfig, currency: string, language: Language): Html {
  const text = language.messages.page;
  const { presetsMinor, allowCustomAmount } = donation;
  return html`<fieldset><legend>${text.donation}</legend>
${presetsMinor.length > 0 && presets(donation, currency, language)}
${allowCustomAmount && customAmount(donation, currency, language)}</fieldset>`;
}

/** Without a field for another amount the choice itself is what an error is about. */
function presets(donation: DonationConfig, currency: string, language: Language): Html {
  const { presetsMinor, defaultAmountMinor, allowCustomAmount } = donation;
  const choices = presetsMinor.map(
    (minor) =>
      html`<label class="preset"><input type="radio" name="preset" value="${formatMoney(minor, currency)}"${
        minor === defaultAmountMinor && html` checked`
      }><span>${language.money(minor, currency)}</span></label>`,
  );
  if (allowCustomAmount) return html`<div class="field presets">${choices}</div>`;
  return html`<div class="field"><div class="presets" id="donationAmount" role="radiogroup" aria-label="${
    language.messages.page.donation
  }" aria-describedby="donationAmount-error">${choices}</div>${errorPlace('donationAmount')}</div>`;
}

function customAmount(donation: DonationConfig, currency: string, language: Language): Html {
  const text = language.messages.page;
  const { presetsMinor, defaultAmountMinor: chosen } = donation;
  const isOther = chosen !== undefined && !presetsMinor.includes(chosen);
  return inputField({
    name: 'donationAmount',
    label: `${presetsMinor.length > 0 ? text.donationOther : text.donationAmount} (${currency})`,
    autocomplete: 'transaction-amount',
    inputMode: 'decimal',
    most: 20,
    hint: fill(text.donationBetween, limits(donation, currency, language)),
    ...(isOther ? { value: formatMoney(chosen, currency) } : {}),
    ...(presetsMinor.length > 0 ? { mayBeEmpty: true } : {}),
  });
}

const limits = ({ minAmountMinor, maxAmountMinor }: DonationConfig, currency: string, { money }: Language) => ({
  min: money(minAmountMinor, currency),
  max: money(maxAmountMinor, currency),
});

/** For the script, which is told all that it says. */
export function donationFacts(donation: DonationConfig, view: PayView, language: Language): DonationFacts {
  const text = language.messages.page;
  const { currency } = view.price;
  return {
    min: formatMoney(donation.minAmountMinor, currency),
    max: formatMoney(donation.maxAmountMinor, currency),
    surchargeHundredths: Number(view.surchargeHundredths),
    payText: text.donateAny,
    missing: text.donationMissing,
    wrong: fill(text.donationWrong, limits(donation, currency, language)),
  };
}
