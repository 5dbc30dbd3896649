import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Counted } from './catalogue.ts';
import { englishTexts } from './en.ts';
import { LOCALES } from './locales.ts';

type Leaf = string | Counted;

const own = LOCALES.filter((tag) => tag !== 'en');
const english = leavesOf(englishTexts);

describe.each(own)('%s', (tag) => {
  const texts = leavesOf(JSON.parse(readFileSync(new URL(`./locales/${tag}.json`, import.meta.url), 'utf8')) as object);

  test('has every text, and none that English does not have', () => {
    expect([...texts.keys()].sort()).toEqual([...english.keys()].sort());
  });

  test('fills in what the English text fills in', () => {
    for (const [key, text] of texts) {
      const wanted = placeholders(english.get(key) ?? '');
      for (const [form, sentence] of formsOf(text)) {
        const said = placeholders(sentence);
        // A language with a form for two may say it in a word.
        const inWords = form === 'two' && !said.includes('count');
        expect([key, form, said]).toEqual([key, form, inWords ? wanted.filter((name) => name !== 'count') : wanted]);
      }
    }
  });

  test('has exactly the forms that its counts from two on take', () => {
    const rules = new Intl.PluralRules(tag);
    const forms = new Set<string>(['other']);
    for (let count = 2; count <= 1000; count += 1) forms.add(rules.select(count));
    for (const text of texts.values()) {
      if (typeof text !== 'string') expect(Object.keys(text).sort()).toEqual([...forms].sort());
    }
  });

  test('says nothing with empty words or stray space', () => {
    for (const [key, text] of texts) {
      for (const [, sentence] of formsOf(text)) {
        expect([key, sentence]).toEqual([key, sentence.trim().replaceAll('  ', ' ')]);
        expect([key, sentence]).not.toEqual([key, '']);
      }
    }
  });
});

test('every file is of a language that the pages offer', () => {
  const files = readdirSync(new URL('./locales/', import.meta.url)).map((file) => file.replace('.json', ''));
  expect(files.sort()).toEqual([...own].sort());
  expect(LOCALES.length).toBeGreaterThanOrEqual(40);
  expect(LOCALES.map((tag) => Intl.getCanonicalLocales(tag)[0])).toEqual([...LOCALES]);
});

test('languages are written by people of each, not by copying', () => {
  for (const tag of own) {
    const texts = leavesOf(
      JSON.parse(readFileSync(new URL(`./locales/${tag}.json`, import.meta.url), 'utf8')) as object,
    );
    const same = [...texts].filter(([key, text]) => JSON.stringify(text) === JSON.stringify(english.get(key)));
    // "Total", "Contact" and names of things are the same in many languages; sentences are not.
    expect(same.filter(([, text]) => String(text).length > 24)).toEqual([]);
  }
});

function leavesOf(texts: object, path = ''): Map<string, Leaf> {
  return new Map(
    Object.entries(texts).flatMap(([key, text]: [string, Leaf | object]): [string, Leaf][] =>
      typeof text === 'string' || 'other' in text
        ? [[`${path}${key}`, text as Leaf]]
        : [...leavesOf(text, `${path}${key}.`)],
    ),
  );
}

const formsOf = (text: Leaf): [string, string][] =>
  typeof text === 'string' ? [['only', text]] : Object.entries(text as unknown as Record<string, string>);

function placeholders(text: Leaf): string[] {
  const sentence = typeof text === 'string' ? text : text.other;
  return [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).sort();
}
