// Bank account and routing numbers (contract 7.1).

/** Digits of an account number typed with any separators, or `undefined`. */
export function parseAccountNumber(typed: string): string | undefined {
  const digits = typed.replace(/[^0-9]/g, '');
  return digits.length >= 4 && digits.length <= 17 ? digits : undefined;
}

/** The digits that may be seen: the last four, and of a short number never more than half. */
export const shownOfAccount = (digits: string): string =>
  digits.slice(digits.length - Math.min(4, Math.floor(digits.length / 2)));

export const maskAccountNumber = (digits: string): string => shownOfAccount(digits).padStart(digits.length, '*');

/** Nine digits with the checksum of the American Bankers Association, or `undefined`. */
export function parseRoutingNumber(typed: string): string | undefined {
  const digits = typed.trim();
  if (!/^[0-9]{9}$/.test(digits)) return undefined;
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * ([3, 7, 1][index % 3] as number), 0);
  return sum % 10 === 0 ? digits : undefined;
}
