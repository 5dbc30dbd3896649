// The only reader of the environment. Every problem is listed at once, so that a start is not a guessing game.
import { readFileSync } from 'node:fs';

/** Of whole numbers. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** A variable that is set and empty is the same as none: compose files and units write `NAME=` for what they leave out. */
export interface EnvReader {
  /** By itself or through a file. */
  has(name: string): boolean;
  text(name: string, fallback?: string): string;
  integer(name: string, fallback: number, range: Range): number;
  oneOf<const T extends string>(name: string, allowed: readonly T[], fallback: T): T;
  /** Comma-separated. */
  list(name: string): readonly string[];
  /** The variable, or the contents of the file that `{name}_FILE` names: how production hands over secrets. */
  secret(name: string): string;
  /** Notes what is wrong with a variable, or with several together. */
  refuse(name: string, why: string): void;
  /** Throws `BadEnvironment` when anything was missing or wrong. */
  finish(): void;
}

class BadEnvironment extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'BadEnvironment';
    this.problems = problems;
  }
}

export function readEnv(env: Readonly<Record<string, string | undefined>> = process.env): EnvReader {
  const problems: string[] = [];
  const asked = new Set<string>();
  const given = (name: string): string | undefined => {
    asked.add(name);
    return env[name] || undefined;
  };
  const missing = (name: string, what: string): string => {
    problems.push(`${name}: ${what}`);
    return '';
  };
  return {
    has: (name) => (given(name) ?? given(`${name}_FILE`)) !== undefined,
    refuse: (name, why) => void missing(name, why),
    oneOf(name, allowed, fallback) {
      const value = given(name) ?? fallback;
      const found = allowed.find((candidate) => candidate === value);
      if (found === undefined) missing(name, `must be one of ${allowed.join(', ')}`);
      return found ?? fallback;
    },
    text: (name, fallback) => given(name) ?? fallback ?? missing(name, 'is required'),
    integer(name, fallback, { min, max }) {
      const value = given(name);
      if (value === undefined) return fallback;
      const number = Number(value);
      if (!/^[0-9]{1,15}$/.test(value)) missing(name, 'must be a whole number');
      else if (number < min || number > max) missing(name, `must be between ${min} and ${max}`);
      return number;
    },
    list: (name) =>
      (given(name) ?? '')
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    secret(name) {
      const file = given(`${name}_FILE`);
      if (file === undefined) return given(name) ?? missing(name, `is required, or ${name}_FILE`);
      try {
        return readFileSync(file, 'utf8').trim() || missing(`${name}_FILE`, 'is an empty file');
      } catch {
        return missing(`${name}_FILE`, 'cannot be read');
      }
    },
    finish() {
      for (const [written, name] of slips(env, asked)) missing(written, `is not known: is ${name} meant?`);
      if (problems.length > 0) throw new BadEnvironment(problems);
    },
  };
}

/** Variables that are set and that nobody asks for, with the name that nearly is theirs and has no value. */
function slips(env: Readonly<Record<string, string | undefined>>, asked: ReadonlySet<string>): [string, string][] {
  // A name of one word is too near to those of others, as MODE to NODE.
  const open = [...asked].filter((name) => name.includes('_') && !env[name]);
  return Object.keys(env)
    .filter((written) => env[written] && !asked.has(written))
    .flatMap((written) =>
      open.filter((name) => isSlip(written, name)).map((name): [string, string] => [written, name]),
    );
}

/** One letter too many, too few or another, or two in the wrong order. */
function isSlip(written: string, name: string): boolean {
  let start = 0;
  while (start < written.length && written[start] === name[start]) start += 1;
  const [rest, wanted] = [written.slice(start), name.slice(start)];
  const isSwapped = rest[0] === wanted[1] && rest[1] === wanted[0] && rest.slice(2) === wanted.slice(2);
  const [less, wantedLess] = [rest.slice(1), wanted.slice(1)];
  return isSwapped || less === wanted || rest === wantedLess || less === wantedLess;
}

/** What Node was started with: as arguments or in NODE_OPTIONS, with dashes where it takes underscores too. */
export const nodeFlags = (): readonly string[] =>
  [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/[\s"]+/)].map((flag) => flag.replaceAll('_', '-'));

const poolThreads = '16';

/**
 * Node gives files and names four threads. A log whose disk hangs keeps one of them, a name server that is silent two, and
 * the commits of three databases need theirs meanwhile. To be called before the first is used.
 */
export function widenThreadPool(): void {
  process.env.UV_THREADPOOL_SIZE ??= poolThreads;
}
