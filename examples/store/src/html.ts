// HTML from templates: every inserted value is escaped unless it is HTML made here.

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Insert = Html | string | number | readonly Html[];

export function html(strings: TemplateStringsArray, ...values: readonly Insert[]): Html {
  return new Html(strings.map((text, index) => text + insert(values[index] ?? '')).join(''));
}

function insert(value: Insert): string {
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(insert).join('');
  return String(value).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
