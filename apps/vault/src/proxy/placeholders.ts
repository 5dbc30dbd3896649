// Puts card data where a body has placeholders for it (contract 7.4). Text of a customer must not act as one: every
// placeholder may occur once, an unknown one is refused, and what is inserted is digits, safe in every kind of body.
import { invalidValue } from '@ozura/contract/vault/reader';
import type { BodyKind } from './body-kind.ts';
import { changeMultipart } from './multipart.ts';
import { changeXml } from './xml.ts';

/** What a placeholder stands for. */
export type CardValue =
  | 'cardNumber'
  | 'expirationMonth'
  | 'expirationYear'
  | 'expirationYear2'
  | 'securityCode'
  | 'accountNumber'
  | 'routingNumber';

export interface Template {
  readonly text: string;
  readonly kind: BodyKind;
  /** Written here from a value, so that it is known to be JSON. */
  readonly isWritten?: true;
  /** As it is sent, with the boundary of a multipart body. */
  readonly contentType?: string | undefined;
  /** The second dialect counts only where the control values came as headers. */
  readonly aliases: boolean;
}

const NAMES: Readonly<Record<string, CardValue>> = {
  cardNumber: 'cardNumber',
  expirationMonth: 'expirationMonth',
  expirationYear: 'expirationYear',
  expirationYear4: 'expirationYear',
  expirationYear2: 'expirationYear2',
  cvv: 'securityCode',
  cvc: 'securityCode',
  accountNumber: 'accountNumber',
  routingNumber: 'routingNumber',
};

const ALIASES: Readonly<Record<string, CardValue>> = {
  cardNumberPlaceholder: 'cardNumber',
  expirationMonthPlaceholder: 'expirationMonth',
  expirationYearPlaceholder: 'expirationYear',
  expirationYearPlaceholder2: 'expirationYear2',
  cvvPlaceholder: 'securityCode',
};

const NUMBERS: Readonly<Record<string, CardValue>> = {
  '"${expirationMonth|number}"': 'expirationMonth',
  '"${expirationYear4|number}"': 'expirationYear',
};

const BRACED_OR_ALIAS = new RegExp(`\\$\\{([^}]*)\\}|\\b(${Object.keys(ALIASES).join('|')})\\b`, 'g');
const JSON_STRING = /"(?:[^"\\]|\\.)*"(\s*:)?/g;

const refusal = () => invalidValue('request_data');

/** The values that the body asks for. Throws for placeholders that are unknown, repeated or in the wrong place. */
export function placeholdersIn(template: Template): ReadonlySet<CardValue> {
  if (template.kind === 'json' && template.isWritten !== true) checkJson(template.text);
  const asked = new Set<CardValue>();
  fill(template, (value) => {
    if (asked.has(value)) throw refusal();
    asked.add(value);
    return '0';
  });
  return asked;
}

/** Whether a text outside of the body mentions a placeholder, where it would never be replaced. */
export const mentionsPlaceholder = (text: string, aliases: boolean): boolean =>
  /(\$|%24)(\{|%7b)/i.test(text) || (aliases && text.search(BRACED_OR_ALIAS) !== -1);

/** The body with the card data in it, of a template that was looked through before. */
export function fill(
  { text, kind, contentType = '', aliases }: Template,
  cardValue: (value: CardValue) => string,
): string {
  const fillText = (part: string): string =>
    mayAsk(part)
      ? part.replace(BRACED_OR_ALIAS, (all, braced?: string, alias?: string) => {
          if (alias !== undefined && !aliases) return all;
          const value = alias === undefined ? own(NAMES, braced ?? '') : own(ALIASES, alias);
          if (value === undefined) throw refusal();
          return cardValue(value);
        })
      : part;
  if (kind === 'json') return fillJson(text, fillText, cardValue);
  const changes = { value: fillText, other: (part: string) => unfilled(part, fillText) };
  if (kind === 'xml') return whole(changeXml(text, changes));
  if (kind === 'multipart') return whole(changeMultipart(text, contentType, changes));
  return kind === 'form' ? fillForm(text, fillText) : fillText(text);
}

/** Most values of a request ask for nothing. */
const mayAsk = (text: string): boolean => text.includes('${') || text.includes('Placeholder');

const own = (names: Readonly<Record<string, CardValue>>, name: string): CardValue | undefined =>
  Object.hasOwn(names, name) ? names[name] : undefined;

type Fill = (text: string) => string;

// Works on the text, so that everything else arrives byte for byte, also numbers that JavaScript cannot hold.
function fillJson(text: string, fillText: Fill, cardValue: (value: CardValue) => string): string {
  return text.replace(JSON_STRING, (literal, colon?: string) => {
    if (colon !== undefined) return unfilled(literal, fillText);
    const number = mayAsk(literal) ? own(NUMBERS, literal) : undefined;
    return number === undefined ? fillText(literal) : String(Number(cardValue(number)));
  });
}

function checkJson(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw refusal();
  }
}

/** What is not what its type says has no place that is known to be one of a value. */
function whole(filled: string | undefined): string {
  if (filled === undefined) throw refusal();
  return filled;
}

/** Names, and whatever else is no value, are never filled. */
function unfilled(name: string, fillText: Fill): string {
  if (fillText(name) !== name) throw refusal();
  return name;
}

function fillForm(text: string, fillText: Fill): string {
  return text
    .split('&')
    .map((pair) => {
      const [name = '', ...rest] = pair.split('=');
      unfilled(decodeForm(name), fillText);
      const value = decodeForm(rest.join('='));
      const filled = fillText(value);
      // What has no placeholder keeps its own spelling.
      return filled === value ? pair : `${name}=${encodeURIComponent(filled)}`;
    })
    .join('&');
}

function decodeForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw refusal();
  }
}
