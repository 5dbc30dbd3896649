// The card security code (CVC). PCI DSS 3.3.1 forbids keeping it after authorisation, so it is never printable either.
// Only the Vault, the Elements frames and this folder may import it.
import { type Brand, securityCodeLength } from './brand.ts';

const REDACTED = '[security code]';
const inspect = Symbol.for('nodejs.util.inspect.custom');

export class SecurityCode {
  readonly #digits: string;

  private constructor(digits: string) {
    this.#digits = digits;
  }

  /** `undefined` unless it has the digits the brand prints on its cards: four on Amex, three on all others. */
  static parse(typed: string, brand: Brand): SecurityCode | undefined {
    const digits = typed.trim();
    return /^[0-9]+$/.test(digits) && digits.length === securityCodeLength(brand)
      ? new SecurityCode(digits)
      : undefined;
  }

  /** Reads the code. Every caller of this is a place to review. */
  open(): string {
    return this.#digits;
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
