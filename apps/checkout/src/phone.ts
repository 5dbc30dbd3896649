// Phone numbers as people write them at home, turned into the international form that the rules of `core/billing` want.
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** `undefined`: no number of that country, nor one of another with its country code. */
export function internationalPhone(written: string, country: string): string | undefined {
  const home = isSupportedCountry(country) ? { defaultCountry: country as CountryCode } : {};
  // 00 is how most of the world dials abroad; elsewhere no number begins with it.
  const number = parsePhoneNumberFromString(written.replace(/^\s*00/, '+'), { ...home, extract: false });
  return number?.isPossible() ? number.number : undefined;
}
