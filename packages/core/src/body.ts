// What is refused in any JSON body before its fields are read (contract 0.2 and 0.4).
import { Refusal } from './errors.ts';
import type { Intake } from './validation.ts';

const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype']);
const SECRET_NAMES = ['apiKey', 'vaultApiKey', 'ozuraApiKey'];
const CARD_NAMES = new Set(['cardNumber', 'cvv', 'cvv2', 'cvc', 'track1', 'track2']);
const CARD_DIGITS = /^[0-9]{12,19}$/;
/** Of a body whose values the Vault walks through; elsewhere only metadata nests, and has a bound of its own. */
const vaultDepthMax = 32;

type Json = Record<string, unknown> | unknown[];

/**
 * Throws for a misdirected body, and notes names that are not allowed among the failures of its fields.
 * `cardDataAllowed` only in the Vault. Values are never part of the error.
 */
export function inspectBody(body: Record<string, unknown>, cardDataAllowed: boolean, intake: Intake): void {
  if (SECRET_NAMES.some((name) => Object.hasOwn(body, name) && body[name] != null)) throw new Refusal('SECRET_IN_BODY');
  const open: { readonly value: Json; readonly path: string; readonly depth: number }[] = [
    { value: body, path: '', depth: 0 },
  ];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const below: typeof open = [];
    for (const [name, child] of Object.entries(at.value)) {
      const path = Array.isArray(at.value) ? `${at.path}[${name}]` : at.path === '' ? name : `${at.path}.${name}`;
      if (!Array.isArray(at.value)) {
        if (FORBIDDEN_NAMES.has(name)) intake.fail(path, 'name not allowed');
        else if (!cardDataAllowed && isCardData(name, child)) throw new Refusal('CARD_DATA_REFUSED');
      }
      if (typeof child !== 'object' || child === null) continue;
      if (cardDataAllowed && at.depth >= vaultDepthMax) throw new Refusal('INVALID_JSON');
      below.push({ value: child as Json, path, depth: at.depth + 1 });
    }
    // The last one in is the next one out: failures come in the order of the body.
    open.push(...below.reverse());
  }
}

function isCardData(name: string, value: unknown): boolean {
  if (CARD_NAMES.has(name)) return true;
  return (
    name === 'pan' &&
    (typeof value === 'string' || typeof value === 'number') &&
    CARD_DIGITS.test(String(value).replace(/[ -]/g, ''))
  );
}
