// Placeholders of the Vault's proxy (contract 7.4), and keeping text from a customer from acting as one.

import type { ProcessorRequest } from './port.ts';

export const placeholder = (name: string): string => `\${${name}}`;

/** Drops the `$` of every `${`, also where several stand in a row. */
export const withoutPlaceholders = (text: string): string => text.replace(/\$+\{/g, '{');

/** As it stands in a body, or encoded in a form. */
function asks(names: string): (request: Pick<ProcessorRequest, 'body'>) => boolean {
  const asking = new RegExp(`(\\$|%24)(\\{|%7b)(${names})(\\}|%7d)`, 'i');
  return ({ body = '' }) => asking.test(typeof body === 'string' ? body : JSON.stringify(body));
}

export const asksForCode = asks('cvv|cvc');
export const asksForNumber = asks('cardNumber|accountNumber');
