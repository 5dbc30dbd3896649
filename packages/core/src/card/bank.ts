// Bank account and routing numbers (contract 7.1).

/** Digits of an account number typed with any separators, or `undefined`. */
export function parseAccountNumber(typed: string): string | undefined {
  const digits = typed.replace(/[^0-9]/g, '');
  return digits.length >= 4 && digits.length <= 17 ? digits : undefined;
}

/** The last four digits, whatever the length. */
export const maskAccountNumber = (digits: string): string => '*'.repeat(digits.length - 4) + digits.slice(-4);

/** Nine digits with the checksum of the American Bankers Association, or `undefined`. */
export function parseRoutingNumber(typed: string): string | undefined {
  const digits = typed.trim();
  if (!/^[0-9]{9}$/.test(digits)) return undefined;
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * ([3, 7, 1][index % 3] as number), 0);
  return sum % 10 === 0 ? digits : undefined;
}
