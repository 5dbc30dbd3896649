// HTML from templates: every inserted value is escaped unless it is HTML made here.

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** To look first is quick; most texts have nothing to escape. */
const escapeHtml = (value: string): string =>
  /[&<>"']/.test(value) ? value.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '') : value;

export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

export type Insert = Html | string | number | false | null | undefined | readonly Insert[];

/** `html`<p>${name}</p>``: strings are escaped, lists joined, `false` and absent values left out. */
export function html(strings: TemplateStringsArray, ...values: readonly Insert[]): Html {
  let text = strings[0] ?? '';
  values.forEach((value, index) => {
    text += insert(value) + (strings[index + 1] ?? '');
  });
  return new Html(text);
}

function insert(value: Insert): string {
  if (value === false || value === null || value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(insert).join('');
  return escapeHtml(String(value));
}
