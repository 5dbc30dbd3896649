// Reads the words after the name of a command.
import { parseArgs } from 'node:util';
import { CannotStart } from './cannot-start.ts';

export interface Words {
  readonly positions: readonly string[];
  /** The last value of an option. */
  text(name: string): string | undefined;
  /** The same, where the command cannot do without. */
  needed(name: string): string;
  /** Whether an option without a value was given. */
  has(name: string): boolean;
  /** Every value of an option that may be repeated. */
  list(name: string): readonly string[];
  /** For people, or with `--json` the value for programs. */
  print(value: unknown, lines: readonly string[]): void;
}

interface Expected {
  /** Names of positions; all are needed. */
  readonly positions: readonly string[];
  /** Options with a value. */
  readonly options: readonly string[];
  /** Options without one. */
  readonly flags?: readonly string[];
  /** Whether further positions may follow. */
  readonly more?: boolean;
}

/** Somebody asks what a command takes; nothing else is done then. */
export const asksForHelp = (args: readonly string[]): boolean =>
  args[0] === 'help' || args.some((word) => word === '--help' || word === '-h');

/** What a person typed after the name of a command; refused with the usage when it does not fit. */
export function readWords(
  args: readonly string[],
  { positions, options, flags = [], more = false }: Expected,
  usage: string,
): Words {
  const refuse = (why: string): never => {
    throw new CannotStart(`${why}\n\n${usage}`);
  };
  const read = parsed(args, options, flags);
  if (read instanceof Error) return refuse(read.message);
  const { positionals, values } = read;
  if (positionals.length < positions.length) refuse(`${positions[positionals.length]} is missing`);
  if (!more && positionals.length > positions.length) refuse(`"${positionals[positions.length]}" is too much`);
  const list = (name: string): readonly string[] => {
    const value = values[name];
    return Array.isArray(value) ? value.map(String) : [];
  };
  return {
    positions: positionals,
    list,
    has: (name) => values[name] === true,
    text: (name) => list(name).at(-1),
    needed: (name) => list(name).at(-1) ?? refuse(`--${name} is missing`),
    print: (value, lines) => console.log(values.json === true ? JSON.stringify(value, null, 2) : lines.join('\n')),
  };
}

interface Parsed {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}

function parsed(args: readonly string[], options: readonly string[], flags: readonly string[]): Parsed | Error {
  const texts = options.map((name) => [name, { type: 'string', multiple: true }] as const);
  const switches = flags.map((name) => [name, { type: 'boolean' }] as const);
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...Object.fromEntries(texts), ...Object.fromEntries(switches) },
    });
  } catch (error) {
    return error as Error;
  }
}
