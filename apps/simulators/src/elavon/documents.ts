// Documents of the simulated Converge: a request is one `<txn>` of plain elements and nothing else.
import type { Written } from '../delivery.ts';

export type Fields = Readonly<Record<string, string>>;

const DOCUMENT = /^\s*<txn>\s*((?:<([A-Za-z0-9_]+)>[^<]*<\/\2>\s*)*)<\/txn>\s*$/;
const ELEMENT = /<([A-Za-z0-9_]+)>([^<]*)<\/\1>/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Of a form with `xmldata`; `undefined` for anything that is not such a document, or has a field twice. */
export function readRequest(body: unknown, contentType = ''): Fields | undefined {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(contentType) || !(body instanceof Uint8Array)) return {};
  const xml = new URLSearchParams(Buffer.from(body).toString('utf8')).get('xmldata') ?? '';
  const [, elements] = DOCUMENT.exec(xml) ?? [];
  if (elements === undefined) return undefined;
  const found = [...elements.matchAll(ELEMENT)].map(([, name = '', text = '']) => [name, plain(text)] as const);
  const fields = Object.fromEntries(found);
  const isPlain = found.every(([, text]) => text !== undefined);
  return isPlain && Object.keys(fields).length === found.length ? (fields as Fields) : undefined;
}

/** `undefined` for an ampersand that is none of the five of XML. */
function plain(text: string): string | undefined {
  if (/&(?!(amp|lt|gt|quot|apos);)/.test(text)) return undefined;
  return text.replace(/&(\w+);/g, (_all, name: string) => ENTITIES[name] ?? '');
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&${Object.keys(ENTITIES).find((name) => ENTITIES[name] === sign)};`);

const element = (fields: Fields): string =>
  `<txn>${Object.entries(fields)
    .map(([name, text]) => `<${name}>${escaped(text)}</${name}>`)
    .join('')}</txn>`;

const document = (root: string): Written => ({
  status: 200,
  type: 'text/xml',
  text: `<?xml version="1.0" encoding="UTF-8"?>\n${root}`,
});

export const writeTxn = (fields: Fields): Written => document(element(fields));

export const writeTxnList = (txns: readonly Fields[]): Written =>
  document(`<txnlist><ssl_txn_count>${txns.length}</ssl_txn_count>${txns.map(element).join('')}</txnlist>`);

const FAULTS = {
  3003: ['Processing error', 'There was an issue while processing your request.'],
  4000: ['VID Not Supplied', 'The Converge ID was not supplied in the authorization request.'],
  4002: ['HTTP Trans Not Allowed', 'HTTP POST transactions are not allowed for this account.'],
  4006: ['CVV2 Not Requested With Data', 'The CVV2 indicator was not identified in the authorization request.'],
  4007: ['CVV2 Requested But No Data', 'The CVV2 request failed due to missing one or more pieces of required data.'],
  4009: ['Required Field Not Supplied', 'One or more required fields were not included.'],
  4010: ['Invalid Transaction Type', 'The authorization request included an invalid Transaction Type'],
  4013: ['PIN Not Supplied', 'The PIN was not supplied in the authorization request.'],
  4019: ['User ID not supplied', 'The User ID was not supplied in the authorization request.'],
  4025: ['Invalid Credentials', 'The credentials supplied in the authorization request are invalid.'],
  5000: ['Credit Card Number Invalid', 'The Credit Card Number supplied in the request appears to be invalid.'],
  5001: ['Exp Date Invalid', 'The Credit Card Expiration Date supplied in the request appears to be invalid.'],
  5002: ['Amount Invalid', 'The amount supplied in the authorization request appears to be invalid.'],
  5005: ['Field Character Limit Exceeded', 'A field character limit has been exceeded.'],
  5040: ['Invalid Transaction ID', 'The transaction ID is invalid for this transaction type'],
  5091: ['Invalid amount', 'The amount exceeded the original transaction amount.'],
} as const;

export type Fault = keyof typeof FAULTS;

export function writeFault(code: Fault): Written {
  const [errorName, errorMessage] = FAULTS[code];
  return writeTxn({ errorCode: String(code), errorName, errorMessage });
}
