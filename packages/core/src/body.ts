// What is refused in any JSON body before its fields are read (contract 0.2 and 0.4).
import { holdsCardNumber } from './card/number-in-text.ts';
import { Refusal } from './errors.ts';
import type { Intake } from './validation.ts';

const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype']);
const SECRET_NAMES = ['apiKey', 'vaultApiKey', 'ozuraApiKey'];
const CARD_NAMES = new Set(['cardNumber', 'cvv', 'cvv2', 'cvc', 'track1', 'track2']);
/** Names to be looked at; all others are harmless whatever they hold. */
const NOTICED = new Set([...FORBIDDEN_NAMES, ...CARD_NAMES, 'pan']);
const CARD_DIGITS = /^[0-9]{12,19}$/;
/** Of a body whose values the Vault walks through; elsewhere only metadata nests, and has a bound of its own. */
const vaultDepthMax = 32;

type Json = Readonly<Record<string, unknown>> | readonly unknown[];

/** A value inside a body, and where: its path is written down only when there is something to say about it. */
interface Place {
  readonly value: Json;
  readonly name: string;
  readonly above?: Place;
  readonly depth: number;
}

/**
 * Throws for a misdirected body, and notes names that are not allowed among the failures of its fields.
 * `cardDataAllowed` only in the Vault. Values are never part of the error.
 */
export function inspectBody(body: Record<string, unknown>, cardDataAllowed: boolean, intake: Intake): void {
  if (SECRET_NAMES.some((name) => body[name] != null && Object.hasOwn(body, name))) throw new Refusal('SECRET_IN_BODY');
  const open: Place[] = [{ value: body, name: '', depth: 0 }];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const names = Object.keys(at.value);
    if (!Array.isArray(at.value)) checkNames(at, names, cardDataAllowed, intake);
    // The last one in is the next one out: failures come in the order of the body.
    for (let i = names.length - 1; i >= 0; i -= 1) {
      const name = names[i] as string;
      const child = memberOf(at.value, name);
      if (typeof child !== 'object' || child === null) continue;
      if (cardDataAllowed && at.depth >= vaultDepthMax) throw new Refusal('INVALID_JSON');
      open.push({ value: child as Json, name, above: at, depth: at.depth + 1 });
    }
  }
}

const memberOf = (value: Json, name: string): unknown => (value as Readonly<Record<string, unknown>>)[name];

function checkNames(at: Place, names: readonly string[], cardDataAllowed: boolean, intake: Intake): void {
  for (const name of names) {
    if (!NOTICED.has(name)) continue;
    if (FORBIDDEN_NAMES.has(name)) intake.fail(pathOf(at, name), 'name not allowed');
    else if (!cardDataAllowed && isCardData(name, memberOf(at.value, name))) throw new Refusal('CARD_DATA_REFUSED');
  }
}

/** A body can make a path as long as itself, and need it for each of a thousand names: only the end of it is told. */
const pathMaxCharacters = 200;

function pathOf(at: Place, name: string): string {
  let path = `${joint(at)}${name}${Array.isArray(at.value) ? ']' : ''}`;
  for (let place = at; place.above !== undefined && path.length <= pathMaxCharacters; place = place.above) {
    path = `${joint(place.above)}${place.name}${Array.isArray(place.above.value) ? ']' : ''}${path}`;
  }
  // Names are whatever the caller wrote, and an error holds no card number.
  if (holdsCardNumber(path)) return `…${name}`;
  return path.length > pathMaxCharacters ? `…${path.slice(-pathMaxCharacters)}` : path;
}

/** What stands before the name of a member. */
const joint = ({ value, above }: Place): string => (Array.isArray(value) ? '[' : above === undefined ? '' : '.');

function isCardData(name: string, value: unknown): boolean {
  if (CARD_NAMES.has(name)) return true;
  return (
    name === 'pan' &&
    (typeof value === 'string' || typeof value === 'number') &&
    CARD_DIGITS.test(String(value).replace(/[ -]/g, ''))
  );
}
