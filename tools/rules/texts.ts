// What holds for every line of text.
import type { Rule, TextFile } from '../project.ts';

// Written so that this file does not break its own rules.
const MACHINE_PATH = /\/(?:work|root)\//;
const LATER = /\b(?:TO[D]O|FIX[M]E)\b/;

/** The first line (after `#!`) says what the file is for. A test beside what it tests needs no more than its name. */
export const filesSayWhatTheyAreFor: Rule = ({ texts }) =>
  texts
    .filter(({ path }) => /\.(ts|css|sql|sh)$/.test(path))
    .filter(({ path }) => !path.endsWith('.test.ts') || !isThere(texts, path.replace('.test.ts', '.ts')))
    .filter(({ text }) => !/^(#!.*\n)?(\/\/|--|#|\/\*) ?\S.{9,}/.test(text))
    .map(({ path }) => `${path}: its first line does not say what it is for`);

const isThere = (texts: readonly TextFile[], subject: string): boolean => texts.some(({ path }) => path === subject);

const withoutLine =
  (what: string, pattern: RegExp): Rule =>
  ({ texts }) =>
    texts.flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${what}`] : [])),
    );

export const noMachinePath = withoutLine('a path of one machine', MACHINE_PATH);
export const nothingIsLeftForLater = withoutLine('a note that work is missing', LATER);
