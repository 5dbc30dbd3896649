// What axe finds on a page and in its frames, one line a problem. Each document is looked at by itself: the card fields
// are of another origin, and the page's own axe could not see into them.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Frame, Page } from 'playwright-core';

/** WCAG 2.2 AA is all of these together. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function axeProblems(page: Page): Promise<string[]> {
  const [top, ...frames] = page.frames();
  if (top === undefined) return [];
  const field = await backgroundOf(top, '.frame');
  // A card field is transparent: what its text stands on is drawn by the page around it.
  await Promise.all(frames.map((frame) => paint(frame, field)));
  const found = await Promise.all([top, ...frames].map(problemsIn));
  return found.flat();
}

/** In one document. */
export async function problemsIn(frame: Frame): Promise<string[]> {
  const { pathname } = new URL(frame.url());
  await frame.evaluate(source);
  const { violations } = (await frame.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(TAGS)}, iframes: false, resultTypes: ['violations'] })`,
  )) as AxeResults;
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${pathname}: ${id}: ${html}`));
}

const backgroundOf = (frame: Frame, selector: string): Promise<string> =>
  frame.evaluate((query) => {
    const place = document.querySelector(query);
    return place === null ? '' : getComputedStyle(place).backgroundColor;
  }, selector);

const paint = (frame: Frame, colour: string): Promise<void> =>
  frame.evaluate((background) => {
    document.documentElement.style.backgroundColor = background;
  }, colour);
