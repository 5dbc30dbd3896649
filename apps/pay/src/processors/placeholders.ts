// Placeholders of the Vault's proxy (contract 7.4), and keeping text from a customer from acting as one.

import type { ProcessorRequest } from './port.ts';

export const placeholder = (name: string): string => `\${${name}}`;

/** Drops the `$` of every `${`, also where several stand in a row. */
export const withoutPlaceholders = (text: string): string => text.replace(/\$+\{/g, '{');

/** As it stands in a body, or encoded in a form. */
const ASKED = /(?:\$|%24)(?:\{|%7b)(cv[vc]|cardNumber|accountNumber)(?:\}|%7d)/gi;

type Asking = Pick<ProcessorRequest, 'body'>;

/** A request is asked about several times while it is sent, and the same each time. */
const known = new WeakMap<Asking, ReadonlySet<string>>();

function askedBy(request: Asking): ReadonlySet<string> {
  const found = known.get(request);
  if (found !== undefined) return found;
  const { body = '' } = request;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const names = new Set(Array.from(text.matchAll(ASKED), ([, name = '']) => name.toLowerCase()));
  known.set(request, names);
  return names;
}

const asks =
  (...names: readonly string[]) =>
  (request: Asking): boolean =>
    names.some((name) => askedBy(request).has(name));

export const asksForCode = asks('cvv', 'cvc');
export const asksForNumber = asks('cardnumber', 'accountnumber');
