// `ozura restore`: puts a backup where an installation would be, after all of it was looked at.
import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { openDatabase } from '@ozura/kit/db/open';
import { holdDuePlans } from '@ozura/pay/store/plans';
import { CannotStart } from '../cannot-start.ts';
import { readWords, type Words } from '../command.ts';
import { migrationsOf } from '../migrate.ts';
import { type InstallationFiles, readInstallationFiles } from './installation-files.ts';
import { type CopiedDatabase, damageOf, keyCheckOf, type Manifest, readManifest } from './manifest.ts';
import { copyPrivately } from './take.ts';

const usage = `Usage:
  ozura restore FOLDER [--keys FOLDER]   databases, and keys, of a backup into DATA_DIR, which has none yet
  ozura restore --keys FOLDER            the keys alone
  ozura restore --hold-plans             after Pay's PostgreSQL was brought back to an earlier state

Nothing is overwritten. Plans that fell due until now are not charged before two days have passed: they may have been,
after the backup was taken. What else to look at before the programs start is in docs/operating.md. --json prints JSON.`;

const HELP = new Set(['--help', '-h', 'help']);
/** By then the daily comparison has seen every booking that the backup lacks (contract 12.4), and a person its result. */
const holdMs = 48 * 60 * 60_000;

export async function restore(args: readonly string[]): Promise<void> {
  if (args.length === 0 || args.some((word) => HELP.has(word))) return console.log(usage);
  const isWithFolder = args[0] !== undefined && !args[0].startsWith('--');
  const command = { positions: isWithFolder ? ['FOLDER'] : [], options: ['keys'], flags: ['hold-plans'] };
  const words = readWords(args, command, usage);
  const installation = readInstallationFiles();
  if (words.has('hold-plans')) return printHeld(words, { held: await holdPlans(installation) });
  const keys = words.text('keys');
  const [databases] = words.positions;
  const moves = [
    ...(databases === undefined ? [] : await databaseMoves(installation, resolve(databases), keys)),
    ...(keys === undefined ? [] : await keyMoves(installation, resolve(keys))),
  ];
  refuseOverwriting(moves);
  putInPlace(moves);
  const isPayRestored = moves.some(({ to }) => to === installation.payDatabaseUrl);
  printHeld(words, {
    files: moves.map(({ to }) => to),
    ...(isPayRestored ? { held: await holdPlans(installation) } : {}),
  });
}

interface Move {
  readonly from: string;
  readonly to: string;
  readonly isKey: boolean;
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
  return manifest.files.map(({ program, file }) => {
    const target = databases.find((database) => database.program === program);
    if (target === undefined)
      throw new CannotStart(`${program.toUpperCase()}_DATABASE_URL: this backup is of a SQLite file`);
    return { from: join(folder, file), to: target.path, isKey: false };
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
  return files.map(({ file }) => ({ from: join(folder, file), to: join(dataDir, file), isKey: true }));
}

const refuse = (problems: readonly string[]): void => {
  if (problems.length > 0) throw new CannotStart(problems.join('\n'));
};

const refuseOverwriting = (moves: readonly Move[]): void =>
  refuse(
    moves
      .flatMap(({ to, isKey }) => (isKey ? [to] : [to, `${to}-wal`, `${to}-shm`]))
      .filter((path) => existsSync(path))
      .map((path) => `${path}: is there already; nothing is overwritten`),
  );

/** Everything is on this disk before the first file has its name: a restore that was interrupted can be repeated. */
function putInPlace(moves: readonly Move[]): void {
  const draftOf = (to: string): string => `${to}.restoring`;
  for (const { from, to, isKey } of moves) {
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    if (isKey) copyPrivately(from, draftOf(to));
    else copyFileSync(from, draftOf(to));
  }
  for (const { to } of moves) renameSync(draftOf(to), to);
}

async function holdPlans({ payDatabaseUrl, mode }: InstallationFiles): Promise<number> {
  const db = await openDatabase({ url: payDatabaseUrl, testClock: mode === 'test', poolMax: 1 });
  try {
    const nowMs = await db.now();
    return await holdDuePlans(db, { nowMs, untilMs: nowMs + holdMs });
  } finally {
    await db.close();
  }
}

function printHeld(words: Words, { files = [], held }: { files?: readonly string[]; held?: number }): void {
  const plans = held === 1 ? '1 plan that fell due is' : `${held} plans that fell due are`;
  words.print({ files, heldPlans: held }, [
    ...files,
    ...(held === undefined
      ? []
      : [
          `${plans} not charged before two days have passed.`,
          'Before you start: docs/operating.md, "After a restore".',
        ]),
  ]);
}
