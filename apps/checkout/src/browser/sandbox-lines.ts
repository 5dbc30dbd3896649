// The lists of `/sandbox`: what others have written is text in them, never markup.
import { byId } from './page-facts.ts';

/** What it came to, then what is known besides. */
export type Line = readonly [string, ...string[]];

/** Rewritten only when something differs, so that a selection or a reader's place in it is not lost each second. */
export function showLines(id: string, lines: readonly Line[], none: string): void {
  const list = byId(id);
  const shown: readonly Line[] = lines.length === 0 ? [[none]] : lines;
  const written = JSON.stringify(shown);
  if (list.dataset.written === written) return;
  list.dataset.written = written;
  list.replaceChildren(...shown.map(itemOf));
}

function itemOf([what, ...details]: Line): HTMLLIElement {
  const item = document.createElement('li');
  item.append(
    what,
    ...details.map((detail) => {
      const span = document.createElement('span');
      span.textContent = detail;
      return span;
    }),
  );
  return item;
}
