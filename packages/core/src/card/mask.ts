// What may be shown of a card or account number: at most the first six and the last four digits (PCI DSS 3.4.1).
// No imports: the card fields in the browser bring it along.

export interface Masking {
  readonly showFirst: number;
  readonly showLast: number;
  readonly maskChar: string;
}

/** First six and last four of 16 digits or more; of fewer, six and four would leave too little hidden. */
export const defaultMasking = (length: number): Masking => ({
  showFirst: length >= 16 ? 6 : 0,
  showLast: 4,
  maskChar: '*',
});

export function maskDigits(digits: string, masking: Masking = defaultMasking(digits.length)): string {
  const { showFirst, showLast, maskChar } = masking;
  const hidden = Math.max(0, digits.length - showFirst - showLast);
  return digits.slice(0, showFirst) + maskChar.repeat(hidden) + digits.slice(showFirst + hidden);
}
