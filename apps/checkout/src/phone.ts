// Phone numbers as people write them at home, turned into the international form that the rules of `core/billing` want.
import { countryOf, phone } from '@ozura/core/billing';
import { type Intake, isObject } from '@ozura/core/validation';
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';

const path = 'billing.phone';

/** A failure is no number of that country, nor one of another with its country code. */
export function readPhone(written: string, country: string, intake: Intake): string | undefined {
  const home = isSupportedCountry(country) ? { defaultCountry: country as CountryCode } : {};
  // 00 is how most of the world dials abroad; elsewhere no number begins with it.
  const number = parsePhoneNumberFromString(written.replace(/^\s*00/, '+'), { ...home, extract: false });
  // What is possible in a country may still be too long, or too short, for one.
  return phone.read(number?.isPossible() ? number.number : '', path, intake);
}

/** Of a body with other faults. One whose country is not known says nothing, and what is no text has been told already. */
export function notePhoneFault(billing: unknown, intake: Intake): void {
  if (!isObject(billing) || typeof billing.phone !== 'string') return;
  const country = countryOf(billing.address, 'country');
  const isTold = intake.failures.some((failure) => failure.startsWith(`${path}:`));
  if (country !== undefined && !isTold) readPhone(billing.phone, country, intake);
}
