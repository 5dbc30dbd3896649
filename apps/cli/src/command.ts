// Commands of an operator: which words they take, and how what cannot be is answered with the usage.
import { CannotStart } from './cannot-start.ts';
import { type Installation, operatorName, withInstallation } from './operator.ts';
import { asksForHelp, readWords, type Words } from './words.ts';

export interface Command {
  /** Names of positions; all are needed. */
  readonly positions: readonly string[];
  /** Options with a value. */
  readonly options: readonly string[];
  /** Options without one. */
  readonly flags?: readonly string[];
  readonly run: (installation: Installation, words: Words) => Promise<void>;
}

/** Runs the command that the first one or two of `args` name. */
export async function runCommand(
  args: readonly string[],
  { usage, commands }: { readonly usage: string; readonly commands: Readonly<Record<string, Command>> },
): Promise<void> {
  const [first = '', second = ''] = args;
  const name = [`${first} ${second}`, first].find((candidate) => Object.hasOwn(commands, candidate)) ?? '';
  const command = commands[name];
  if (args.length === 0 || asksForHelp(args)) return console.log(usage);
  if (command === undefined) throw new CannotStart(`there is no command "${first}"\n\n${usage}`);
  const { positions, options, flags = [] } = command;
  const expected = { positions, options: [...options, 'by'], flags: ['json', ...flags] };
  const words = readWords(args.slice(name.split(' ').length), expected, usage);
  await withInstallation((installation) => command.run(installation, words), operatorName(words));
}
