// The documents of Converge: `<txn>` with one element a field, and `<txnlist>` with one `<txn>` a transaction.

export type Fields = Readonly<Record<string, string | undefined>>;

const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** What has no value is left out. */
export const writeTxn = (fields: Fields): string =>
  `<txn>${Object.entries(fields)
    .map(([name, value]) => (value === undefined || value === '' ? '' : `<${name}>${escapeXml(value)}</${name}>`))
    .join('')}</txn>`;

const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (sign) => ESCAPED[sign] ?? '');

export type Txn = ReadonlyMap<string, string>;

interface Element {
  readonly name: string;
  text: string;
  readonly children: Element[];
}

// No document type, and so no entities but the five of XML.
const TOKEN =
  /<\?[^<>]*\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([A-Za-z_][\w.-]*)(?:\s[^<>]*?)?(\/?)>|([^<]+)/y;

/** The root element; `undefined` for anything that is not a whole document. */
function readDocument(xml: string): Element | undefined {
  const top: Element = { name: '', text: '', children: [] };
  const open = [top];
  TOKEN.lastIndex = 0;
  for (let at = 0; at < xml.length; at = TOKEN.lastIndex) {
    const token = TOKEN.exec(xml);
    const parent = open.at(-1);
    if (token === null || parent === undefined) return undefined;
    const [, literal, closing, name, empty, text] = token;
    parent.text += text ?? literal?.replaceAll('&', '&amp;') ?? '';
    if (name === undefined) continue;
    if (closing === '/') {
      if (open.length === 1 || open.pop()?.name !== name) return undefined;
      continue;
    }
    const element: Element = { name, text: '', children: [] };
    parent.children.push(element);
    if (empty !== '/') open.push(element);
  }
  const [root, ...more] = top.children;
  return open.length === 1 && more.length === 0 && top.text.trim() === '' ? root : undefined;
}

const PLAIN: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const plain = (text: string): string =>
  text.replace(/&(?:#(\d{1,6}|x[\dA-Fa-f]{1,4})|(amp|lt|gt|quot|apos));/g, (_all, code?: string, name?: string) =>
    code === undefined ? (PLAIN[name ?? ''] ?? '') : String.fromCodePoint(Number(code.replace('x', '0x'))),
  );

/** Fields below fields are none of ours. A field that is there twice contradicts itself: then nothing is believed. */
function readFields({ children }: Element): Txn | undefined {
  const leaves = children.filter((child) => child.children.length === 0);
  const fields = new Map(leaves.map(({ name, text }) => [name, plain(text).trim()]));
  return fields.size === leaves.length ? fields : undefined;
}

/** `undefined` for what is not one whole `<txn>`. */
export function readTxn(body: unknown): Txn | undefined {
  const root = typeof body === 'string' ? readDocument(body) : undefined;
  return root?.name === 'txn' ? readFields(root) : undefined;
}

/** The transactions of an answer to a query: a list that has as many as it says, or a single one. */
export function readTxnList(body: unknown): readonly Txn[] | undefined {
  const root = typeof body === 'string' ? readDocument(body) : undefined;
  if (root?.name === 'txn') {
    const only = readFields(root);
    return only?.get('ssl_txn_id') ? [only] : undefined;
  }
  if (root?.name !== 'txnlist') return undefined;
  const count = root.children.find(({ name }) => name === 'ssl_txn_count')?.text.trim();
  const txns = root.children.filter(({ name }) => name === 'txn').map(readFields);
  const readable = txns.filter((txn) => txn !== undefined);
  return readable.length === txns.length && count === String(txns.length) ? readable : undefined;
}
