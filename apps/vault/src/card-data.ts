// From the values of `POST /tokenize` to a card or a bank account, or to the first refusal in the order of the field
// table (contract 7.1). Pure.
import { invalidValue, missingField } from '@ozura/contract/vault/reader';
import { maskAccountNumber, parseAccountNumber, parseRoutingNumber } from '@ozura/core/card/bank';
import { type Brand, brandOf } from '@ozura/core/card/brand';
import { type Expiry, parseExpiry } from '@ozura/core/card/expiry';
import { defaultMasking, type Masking } from '@ozura/core/card/mask';
import { parseMasking } from '@ozura/core/card/masking-config';
import { CardNumber } from '@ozura/core/card/number';
import { SecurityCode } from '@ozura/core/card/security-code';
import { findTestCard } from '@ozura/core/card/test-cards';
import { type ErrorCode, Refusal } from '@ozura/core/errors';
import type { Mode } from '@ozura/core/ids';
import { hasControlCharacter } from '@ozura/core/validation';

export interface Card {
  readonly number: CardNumber;
  readonly brand: Brand;
  readonly expiry: Expiry;
  readonly code: SecurityCode | undefined;
  /** As the caller wants to see it. */
  readonly mask: string;
}

export interface CardRules {
  readonly mode: Mode;
  readonly nowMs: number;
  readonly extraTestCards: readonly string[];
}

type Values = Readonly<Record<string, unknown>>;

/** Refusals that count against a session: somebody is trying card numbers (contract 7.3). */
const CARD_REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'INVALID_CARD_NUMBER',
  'TEST_CARD_REQUIRED',
  'TEST_CARD_REFUSED',
  'INVALID_EXPIRY',
  'EXPIRED_CARD',
  'INVALID_CVV',
  'INVALID_ACCOUNT_NUMBER',
  'INVALID_ROUTING_NUMBER',
]);

export const isCardRefusal = (error: unknown): boolean => error instanceof Refusal && CARD_REFUSALS.has(error.code);

export function readCard(values: Values, maskingConfig: unknown, rules: CardRules): Card {
  const number = CardNumber.parse(needed(values, 'cardNumber', 'INVALID_CARD_NUMBER'));
  if (number === undefined) throw new Refusal('INVALID_CARD_NUMBER');
  checkMode(number, rules);
  const expiry = readExpiry(values, rules.nowMs);
  const brand = brandOf(number.open());
  const code = readCode(values, brand);
  return {
    number,
    brand,
    expiry,
    code,
    mask: number.masked(readMasking(maskingConfig, defaultMasking(number.length))),
  };
}

/** A card of contract 14.5 from the flat body of `POST /test-tokens`, its holder's name looked at and forgotten. */
export function readTestCard(values: Values, nowMs: number): Card {
  const card = readCard(values, undefined, { mode: 'test', nowMs, extraTestCards: [] });
  for (const name of ['firstName', 'lastName']) {
    if ((values[name] ?? '') !== '') readName(values, name);
  }
  return card;
}

function checkMode(number: CardNumber, { mode, extraTestCards }: CardRules): void {
  const digits = number.open();
  const isTestCard = findTestCard(digits) !== undefined;
  if (mode === 'live' && isTestCard) throw new Refusal('TEST_CARD_REFUSED');
  if (mode === 'test' && !isTestCard && !extraTestCards.includes(digits)) throw new Refusal('TEST_CARD_REQUIRED');
}

function readExpiry(values: Values, nowMs: number): Expiry {
  const month = needed(values, 'expirationMonth', 'INVALID_EXPIRY');
  // A wrong month is told before a missing year: it comes first in the table.
  if (!/^\s*(0?[1-9]|1[0-2])\s*$/.test(month)) throw new Refusal('INVALID_EXPIRY');
  const parsed = parseExpiry(month, needed(values, 'expirationYear'), nowMs);
  if ('expiry' in parsed) return parsed.expiry;
  // The table has one text for every bad year, one that is too far ahead included.
  throw new Refusal(parsed.problem === 'month' ? 'INVALID_EXPIRY' : 'EXPIRED_CARD');
}

function readCode(values: Values, brand: Brand): SecurityCode | undefined {
  const typed = values.cvv ?? values.cvc ?? '';
  if (typed === '') return undefined;
  const code = typeof typed === 'string' ? SecurityCode.parse(typed, brand) : undefined;
  if (code === undefined) throw new Refusal('INVALID_CVV');
  return code;
}

function readMasking(config: unknown, fallback: Masking): Masking {
  const masking = parseMasking(config, fallback);
  if (masking === undefined) throw invalidValue('maskingConfig');
  return masking;
}

export interface BankAccount {
  readonly accountNumber: string;
  readonly routingNumber: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly accountType: 'checking' | 'savings';
  readonly mask: string;
}

export function readBankAccount(values: Values): BankAccount {
  const accountNumber = parseAccountNumber(needed(values, 'accountNumber', 'INVALID_ACCOUNT_NUMBER'));
  if (accountNumber === undefined) throw new Refusal('INVALID_ACCOUNT_NUMBER');
  const routingNumber = parseRoutingNumber(needed(values, 'routingNumber', 'INVALID_ROUTING_NUMBER'));
  if (routingNumber === undefined) throw new Refusal('INVALID_ROUTING_NUMBER');
  const firstName = readName(values, 'firstName');
  const lastName = readName(values, 'lastName');
  // Optional: the SDK's bank token has no such field (contract 11.5).
  const accountType =
    typeof values.accountType === 'string' ? values.accountType.trim() : (values.accountType ?? 'checking');
  if (accountType !== 'checking' && accountType !== 'savings') throw invalidValue('accountType');
  return { accountNumber, routingNumber, firstName, lastName, accountType, mask: maskAccountNumber(accountNumber) };
}

const nameMax = 50;

function readName(values: Values, name: string): string {
  const value = needed(values, name).trim();
  if ([...value].length > nameMax || hasControlCharacter(value)) throw invalidValue(name);
  return value;
}

/** The text of a field that must be there; `code` where the table has one of its own for a bad value. */
function needed(values: Values, name: string, code?: ErrorCode): string {
  const value = values[name] ?? '';
  if (typeof value !== 'string') throw code === undefined ? invalidValue(name) : new Refusal(code);
  if (value.trim() === '') throw missingField(name);
  return value;
}
