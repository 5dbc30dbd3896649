// The parts of an XML text in which values stand: text between tags, and values of attributes (XML 1.0, 2.4 and 3.1).
// Reads no more of it than that takes.

type Change = (text: string) => string;

interface Changes {
  /** Of a text, or of the value of an attribute. */
  readonly value: Change;
  /** Of everything else: names, comments, CDATA sections, instructions, declarations. */
  readonly other: Change;
}

const TOKEN =
  /[^<]+|<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<![A-Za-z](?:[^<>"'[\]]|"[^"]*"|'[^']*'|\[[^\]]*\])*>|<\/?[^\s<>"'/!?](?:[^<>"']|"[^"<]*"|'[^'<]*')*>/y;
const ATTRIBUTE_VALUE = /(=\s*)("[^"]*"|'[^']*')/g;

/** `undefined` for what is no XML. */
export function changeXml(xml: string, { value, other }: Changes): string | undefined {
  let changed = '';
  TOKEN.lastIndex = 0;
  for (let at = 0; at < xml.length; at = TOKEN.lastIndex) {
    const token = TOKEN.exec(xml)?.[0];
    if (token === undefined) return undefined;
    if (!token.startsWith('<')) changed += value(token);
    else if (/^<[!?]/.test(token)) changed += other(token);
    else changed += changeTag(token, { value, other });
  }
  return changed;
}

function changeTag(tag: string, { value, other }: Changes): string {
  let changed = '';
  let from = 0;
  for (const match of tag.matchAll(ATTRIBUTE_VALUE)) {
    const [all, equals = '', quoted = ''] = match;
    changed += other(tag.slice(from, match.index) + equals) + value(quoted);
    from = match.index + all.length;
  }
  return changed + other(tag.slice(from));
}
