// `ozura restore`: puts a backup where an installation would be, after all of it was looked at.
import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { sync } from '@ozura/kit/folder';
import { CannotStart } from '../cannot-start.ts';
import { isPostgres } from '../database-url.ts';
import { readJsonInput } from '../input-file.ts';
import { migrationsOf } from '../migrate.ts';
import { writePrivateFile } from '../private-file.ts';
import type { ProgramName } from '../serve-variables.ts';
import { asksForHelp, readWords, type Words } from '../words.ts';
import { copyDurably } from './copy.ts';
import { type Held, holdBack, printHeld, printHold } from './hold.ts';
import { draftOf, type InstallationFiles, isInUse, readInstallationFiles, unfinishedIn } from './installation-files.ts';
import { type CopiedDatabase, damageOf, keyCheckOf, type Manifest, readManifest } from './manifest.ts';

const usage = `Usage:
  ozura restore FOLDER [--keys FOLDER]   databases, and keys, of a backup into DATA_DIR, which has none yet
  ozura restore --keys FOLDER            the keys alone
  ozura restore --hold                   after databases were brought back to an earlier state by other means

Nothing is overwritten. Sessions that were open expire, and plans that fell due are not charged before two days have
passed: they may have been paid after the backup was taken. "restore --hold" does that alone, while no program runs, to
the databases of CHECKOUT_DATABASE_URL and PAY_DATABASE_URL, or of both programs at DATABASE_URL. What else to look at
before the programs start is in docs/operating.md. --json prints JSON.`;

export async function restore(args: readonly string[]): Promise<void> {
  if (asksForHelp(args)) return console.log(usage);
  const isWithFolder = args[0] !== undefined && !args[0].startsWith('--');
  const command = { positions: isWithFolder ? ['FOLDER'] : [], options: ['keys'], flags: ['hold', 'json'] };
  const words = readWords(args, command, usage);
  const installation = readInstallationFiles();
  if (words.has('hold')) return printHold(words, await holdPresent(installation));
  if (existsSync(unfinishedIn(installation.dataDir))) return printFinished(words, giveNames(installation.dataDir));
  const [folder] = words.positions;
  const keys = words.text('keys');
  if (folder === undefined && keys === undefined) throw new CannotStart(`FOLDER is missing\n\n${usage}`);
  const moves = [
    ...(folder === undefined ? [] : await databaseMoves(installation, resolve(folder), keys)),
    ...(keys === undefined ? [] : await keyMoves(installation, resolve(keys))),
  ];
  refuseOverwriting(moves);
  const held = await putInPlace(installation, moves);
  printHeld(
    words,
    held,
    moves.map(({ to }) => to),
  );
}

/** Whichever of the two is here. One that is named and empty was not brought back yet, and is refused. */
async function holdPresent({ mode, databases }: InstallationFiles): Promise<Held> {
  const present = async (program: ProgramName): Promise<string | undefined> => {
    const found = databases.find((one) => one.program === program);
    if (found === undefined) return undefined;
    const { url, isNamed } = found;
    return (isNamed && isPostgres(url)) || (await isInUse(url)) ? url : undefined;
  };
  const [checkoutUrl, payUrl] = [await present('checkout'), await present('pay')];
  if (checkoutUrl === undefined && payUrl === undefined)
    throw new CannotStart(
      'neither CHECKOUT_DATABASE_URL nor PAY_DATABASE_URL names a database, and DATABASE_URL has none of theirs',
    );
  return holdBack({ mode, checkoutUrl, payUrl, checkoutTakenAtMs: undefined });
}

interface Move {
  readonly from: string;
  readonly to: string;
  /** Whose database it is, and when it was copied; absent: a key. */
  readonly program?: ProgramName;
  readonly takenAtMs?: number;
}

async function databaseMoves(
  { dataDir, databases }: InstallationFiles,
  folder: string,
  keys: string | undefined,
): Promise<Move[]> {
  const manifest = readManifest(folder, 'databases');
  refuse([
    ...(await damageOf(folder, manifest.files)),
    ...manifest.files.flatMap((copied) => tooNew(folder, copied)),
    ...wrongKeys(manifest, keys === undefined ? dataDir : resolve(keys)),
  ]);
  return manifest.files.map(({ program, file, takenAt }) => {
    const target = databases.find((database) => database.program === program);
    if (target === undefined || isPostgres(target.url))
      throw new CannotStart(`${program.toUpperCase()}_DATABASE_URL: this backup is of a SQLite file`);
    return { from: join(folder, file), to: target.url, program, takenAtMs: Date.parse(takenAt) };
  });
}

/** A program does not know what a later version has made of its database. */
function tooNew(folder: string, { program, file, migrations }: CopiedDatabase): string[] {
  const known = new Set(migrationsOf(program).map(({ name }) => name));
  const unknown = migrations.filter((name) => !known.has(name));
  return unknown.length === 0
    ? []
    : [`${join(folder, file)}: is of a newer version of ${program}, which has ${unknown.join(', ')}`];
}

/** Keys that are not there at all are said to be missing at the start. */
function wrongKeys({ keyChecks }: Manifest<'databases'>, folder: string): string[] {
  if (!existsSync(join(folder, 'keys'))) return [];
  return Object.entries(keyChecks).flatMap(([name, check]) => {
    const path = join(folder, name);
    if (!existsSync(path)) return [`${path}: is missing`];
    return keyCheckOf(path) === check ? [] : [`${path}: is not the key of this backup`];
  });
}

async function keyMoves({ dataDir }: InstallationFiles, folder: string): Promise<Move[]> {
  const { files } = readManifest(folder, 'keys');
  refuse(await damageOf(folder, files));
  return files.map(({ file }) => ({ from: join(folder, file), to: join(dataDir, file) }));
}

const refuse = (problems: readonly string[]): void => {
  if (problems.length > 0) throw new CannotStart(problems.join('\n'));
};

/** What belongs to a database, beside it: of another one it would be taken for its own. */
const withLogs = (path: string): string[] => [path, `${path}-wal`, `${path}-shm`];

const refuseOverwriting = (moves: readonly Move[]): void =>
  refuse(
    moves
      .flatMap(({ to, program }) => (program === undefined ? [to] : withLogs(to)))
      .filter((path) => existsSync(path))
      .map((path) => `${path}: is there already; nothing is overwritten`),
  );

/** Everything is on this disk and held before the first file has its name: a restore that was cut off can be repeated. */
async function putInPlace({ mode, dataDir }: InstallationFiles, moves: readonly Move[]): Promise<Held> {
  for (const { from, to } of moves) {
    for (const left of withLogs(draftOf(to))) rmSync(left, { force: true });
    copyDurably(from, draftOf(to));
  }
  const moveOf = (of: ProgramName): Move | undefined => moves.find(({ program }) => program === of);
  const draft = (move: Move | undefined): string | undefined => move && draftOf(move.to);
  const [checkout, pay] = [moveOf('checkout'), moveOf('pay')];
  const held = await holdBack({
    ...{ mode, checkoutUrl: draft(checkout), payUrl: draft(pay) },
    checkoutTakenAtMs: checkout?.takenAtMs,
  });
  writePrivateFile(unfinishedIn(dataDir), JSON.stringify(moves.map(({ to }) => to)));
  giveNames(dataDir);
  return held;
}

/** All or none, also when it is cut off: some of the files alone would be an installation that has lost the others. */
function giveNames(dataDir: string): readonly string[] {
  const paths = readJsonInput(unfinishedIn(dataDir)) as readonly string[];
  const waiting = paths.filter((to) => existsSync(draftOf(to)));
  refuse(waiting.filter((to) => existsSync(to)).map((to) => `${to}: is there already; nothing is overwritten`));
  for (const to of waiting) renameSync(draftOf(to), to);
  for (const folder of new Set(paths.map((to) => dirname(to)))) sync(folder);
  rmSync(unfinishedIn(dataDir));
  return paths;
}

const printFinished = (words: Words, files: readonly string[]): void =>
  words.print({ files }, [...files, 'The restore that was cut off is finished.']);
