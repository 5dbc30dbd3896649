// What the donor gives: one of the offered amounts, or one that is typed. The last thing chosen counts.
import { moneyNumber, parsePositiveMoney } from '@ozura/core/money';
import { price } from '@ozura/core/pricing';
import { type FieldError, markField } from './field-errors.ts';
import { byId, type CheckoutFacts } from './page-facts.ts';
import { groupSeparatorOf, typedAmount } from './typed-amount.ts';

export interface Donation {
  /** Decimal text of an amount that may be given. */
  amount(): string | undefined;
  errors(): FieldError[];
}

/** What it comes to with a credit card, as `pricing`, until the server says it exactly. */
type OnChange = (pricing: Readonly<Record<string, number>>) => void;

export type OpenDonation = (facts: CheckoutFacts, onChange: OnChange) => Donation | undefined;

export const openDonation: OpenDonation = (facts, onChange) => {
  const { donation: limits, currency } = facts;
  if (limits === undefined) return undefined;
  const place = byId('donationAmount');
  const typed = place instanceof HTMLInputElement ? place : undefined;
  const presets = [...document.querySelectorAll<HTMLInputElement>('input[name="preset"]')];
  const separator = groupSeparatorOf(document.documentElement.lang);
  const minorOf = (text: string): bigint | undefined => {
    const parsed = parsePositiveMoney(text, currency);
    return 'minor' in parsed ? parsed.minor : undefined;
  };
  const chosen = (): string =>
    typedAmount(typed?.value ?? '', separator) || (presets.find(({ checked }) => checked)?.value ?? '');
  const givenMinor = (): bigint | undefined => {
    const minor = minorOf(chosen());
    const [min, max] = [minorOf(limits.min) ?? 0n, minorOf(limits.max) ?? 0n];
    return minor !== undefined && minor >= min && minor <= max ? minor : undefined;
  };
  const pricing = (): Readonly<Record<string, number>> => {
    const surchargeHundredths = BigInt(limits.surchargeHundredths);
    const input = { currency, subtotalMinor: givenMinor() ?? 0n, surchargeHundredths, funding: 'credit' } as const;
    const { subtotalMinor, surchargeMinor, totalMinor } = price(input);
    const number = (minor: bigint): number => moneyNumber(minor, currency);
    return { subtotal: number(subtotalMinor), surcharge: number(surchargeMinor), total: number(totalMinor) };
  };
  typed?.addEventListener('input', () => {
    if (typed.value.trim() !== '') for (const preset of presets) preset.checked = false;
    onChange(pricing());
  });
  for (const preset of presets) {
    preset.addEventListener('change', () => {
      if (typed !== undefined) typed.value = '';
      markField('donationAmount', '');
      onChange(pricing());
    });
  }
  return {
    amount: () => (givenMinor() === undefined ? undefined : chosen()),
    errors() {
      if (givenMinor() !== undefined) return [];
      const text = chosen() === '' ? limits.missing : limits.wrong;
      return [{ name: 'donationAmount', text, focus: () => (typed ?? presets[0])?.focus() }];
    },
  };
};
