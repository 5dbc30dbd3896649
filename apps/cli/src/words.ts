// Reads the words after a command of the sandbox merchant: positions and options with a value.
import { parseArgs } from 'node:util';
import { CannotStart } from './cannot-start.ts';

export interface Words {
  readonly positions: readonly string[];
  readonly options: Readonly<Record<string, string | undefined>>;
}

/** What cannot be read is answered with the usage. */
export function readWords(args: readonly string[], names: readonly string[], usage: string): Words {
  try {
    const options = Object.fromEntries(names.map((name) => [name, { type: 'string' }] as const));
    const { positionals, values } = parseArgs({ args: [...args], allowPositionals: true, options });
    return { positions: positionals, options: values as Words['options'] };
  } catch (error) {
    throw new CannotStart(`${(error as Error).message}\n\n${usage}`);
  }
}
