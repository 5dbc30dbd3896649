// Phone numbers as people write them at home, turned into the international form the rules of `core/billing` want.

/** Countries of the North American plan: ten digits, country code 1. */
const PLUS_ONE = 'US CA PR DO JM BS BB TT AG AI BM DM GD GU KN KY LC MP MS SX TC VC VG VI AS';

/** Leaves what it does not understand as it is: the rules then say what is missing. */
export function internationalPhone(written: string, country: string): string {
  const digits = written.replace(/[^0-9+]/g, '');
  if (digits.startsWith('+') || digits === '') return digits;
  if (digits.startsWith('00')) return `+${digits.slice(2)}`;
  if (!PLUS_ONE.includes(country)) return written;
  return digits.length === 10 ? `+1${digits}` : digits.length === 11 && digits.startsWith('1') ? `+${digits}` : written;
}
