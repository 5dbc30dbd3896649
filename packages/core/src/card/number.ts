// The card number (PAN), held so that it cannot be printed by accident (PCI DSS 3.4.1). Only the Vault, the Elements
// frames and this folder may import it.
import { passesLuhn } from './luhn.ts';
import { type Masking, maskDigits } from './mask.ts';

const REDACTED = '[card number]';
const inspect = Symbol.for('nodejs.util.inspect.custom');

export class CardNumber {
  readonly #digits: string;

  private constructor(digits: string) {
    this.#digits = digits;
  }

  /** A number as a person types it, with spaces and dashes. `undefined` when it is not a card number. */
  static parse(typed: string): CardNumber | undefined {
    const digits = typed.trim().replace(/[ -]/g, '');
    return /^[0-9]{13,19}$/.test(digits) && passesLuhn(digits) ? new CardNumber(digits) : undefined;
  }

  /** Reads the digits. Every caller of this is a place to review. */
  open(): string {
    return this.#digits;
  }

  get bin(): string {
    return this.#digits.slice(0, 6);
  }

  get last4(): string {
    return this.#digits.slice(-4);
  }

  get length(): number {
    return this.#digits.length;
  }

  masked(masking?: Masking): string {
    return maskDigits(this.#digits, masking);
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect](): string {
    return REDACTED;
  }
}
