// Checks a rule twice: the project keeps it, and it notices a made-up project that breaks it.
import { describe, expect, it } from 'vitest';
import { projectOf, type Rule, readProject } from './project.ts';

/** Text by path. */
type Files = Readonly<Record<string, string>>;

interface Examples {
  /** Each breaks the rule by itself, together with the files in `beside`. */
  readonly bad: Files;
  /** None of them breaks it. */
  readonly good?: Files;
  readonly beside?: Files;
}

export function check(sentence: string, rule: Rule, { bad, good = {}, beside = {} }: Examples): void {
  const problems = (files: Files): string[] =>
    rule(projectOf(Object.entries(files).map(([path, text]) => ({ path, text }))));
  describe(sentence, () => {
    it('is true of the project', () => {
      expect(rule(readProject())).toEqual([]);
    });
    it.each(Object.keys(bad))('would not be with %s', (path) => {
      expect(problems({ ...beside, [path]: bad[path] ?? '' })).not.toEqual([]);
    });
    it('allows what is right', () => {
      expect(problems({ ...beside, ...good })).toEqual([]);
    });
  });
}
