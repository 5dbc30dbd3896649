import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { frameLanguage } from './language.ts';
import { bundleFrames, framePage } from './page.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const tags = readdirSync(new URL('./messages/', import.meta.url)).map((file) => file.replace('.json', ''));
/** Every error that a card field can show, as its code says it. */
const errors = ['card-number', 'expiration-date', 'security-code', 'field']
  .flatMap((file) => [...read(`./browser/${file}.ts`).matchAll(/'([A-Z][a-z]+(?: [a-z]+)+)'/g)])
  .map(([, text = '']) => text);

test.each(tags)('%s has a text of its own for every error of a card field, and no other', (tag) => {
  const { texts = {} } = frameLanguage(tag);
  expect(Object.keys(texts).sort()).toEqual([...new Set(errors)].sort());
  for (const [english, text] of Object.entries(texts)) expect([text.trim(), text]).not.toContain(english);
});

test('a frame is given the errors of its own field, and all frames together give all', () => {
  const everyone = { parents: [], sources: [] };
  const given = ['cardNumber', 'expirationDate', 'cvv'].map((name) => {
    const facts = { vaultUrl: 'http://localhost', ancestors: everyone, language: frameLanguage('de') };
    const attribute = /data-texts="([^"]*)"/.exec(framePage(name, bundleFrames(), facts)?.body ?? '')?.[1] ?? '';
    return Object.keys(JSON.parse(attribute.replaceAll('&quot;', '"')));
  });
  expect(given.map(({ length }) => length)).toEqual([3, 4, 3]);
  expect(new Set(given.flat())).toEqual(new Set(errors));
});

test('there are as many languages as the pages have', () => {
  expect(tags).toHaveLength(45);
});

test.each([
  ['de', 'de', 'ltr'],
  ['ar', 'ar', 'rtl'],
  ['ur', 'ur', 'rtl'],
  ['zh-Hant', 'zh-Hant', 'ltr'],
  ['xx', 'en', 'ltr'],
  ['../../store/schema', 'en', 'ltr'],
  [['de', 'fr'], 'en', 'ltr'],
  [undefined, 'en', 'ltr'],
])('the address lang=%j is answered in %s, %s', (lang, tag, direction) => {
  expect(frameLanguage(lang)).toMatchObject({ tag, direction });
});
