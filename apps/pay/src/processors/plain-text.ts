// Texts of customers for processors that take few characters: spelled with what they take, never sent as they are.

/** Letters that do not come apart into a plain one and a mark. */
const SPELLED: Readonly<Record<string, string>> = {
  ß: 'ss',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'Th',
  ı: 'i',
  '‘': "'",
  '’': "'",
  '–': '-',
  '—': '-',
  '&': ' and ',
};

const SPELLABLE = new RegExp(`[${Object.keys(SPELLED).join('')}]`, 'gu');
/** None of them means anything in XML, JSON, a form, or to the placeholders of the Vault. */
const OTHER = /[^A-Za-z0-9 .,'#/()@:_+-]/g;

/** What is neither plain nor spelled with plain characters becomes a space. May be empty then. */
export const plainText = (text: string, max: number): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(SPELLABLE, (letter) => SPELLED[letter] ?? '')
    .replace(OTHER, ' ')
    .replace(/ +/g, ' ')
    .trim()
    .slice(0, max)
    .trimEnd();
