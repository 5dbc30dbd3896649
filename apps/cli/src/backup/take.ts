// `ozura backup`: the databases of an installation while it runs, or its keys; never both in one place (contract 13.1).
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { openContext } from '@ozura/kit/context';
import { copyDatabase, examineDatabase } from '@ozura/kit/db/backup';
import { makeFolder } from '@ozura/kit/folder';
import { openLog } from '@ozura/kit/log';
import { CannotStart } from '../cannot-start.ts';
import { isPostgres } from '../database-url.ts';
import { withFile } from '../input-file.ts';
import { asksForHelp, readWords, type Words } from '../words.ts';
import { copyDurably } from './copy.ts';
import { type InstallationFiles, listKeyFiles, readInstallationFiles } from './installation-files.ts';
import { type CopiedDatabase, describeFile, heldBy, keyCheckOf, writeManifest } from './manifest.ts';

const usage = `Usage:
  ozura backup FOLDER            every database of this machine's installation, while it runs
  ozura backup --keys FOLDER     its keys, for another place

FOLDER is new or empty. The installation is the one in DATA_DIR (./data); {PROGRAM}_DATABASE_URL names a database that
is somewhere else. Databases in PostgreSQL are backed up by PostgreSQL's own tools: docs/operating.md. --json prints JSON.`;

export async function backUp(args: readonly string[]): Promise<void> {
  if (asksForHelp(args)) return console.log(usage);
  const command = { positions: args.includes('--keys') ? [] : ['FOLDER'], options: ['keys'], flags: ['json'] };
  const words = readWords(args, command, usage);
  const keysTo = words.text('keys');
  return keysTo === undefined ? copyDatabases(resolve(words.positions[0] ?? ''), words) : copyKeys(keysTo, words);
}

async function copyDatabases(folder: string, words: Words): Promise<void> {
  const { dataDir, databases } = readInstallationFiles();
  const inPostgres = databases.filter(({ url }) => isPostgres(url)).map(({ program }) => program);
  const present = databases.filter(({ url }) => existsSync(url));
  if (present.length === 0) {
    const where = inPostgres.length === 0 ? '' : `; ${inPostgres.join(', ')} in PostgreSQL: see docs/operating.md`;
    throw new CannotStart(`no installation: ${dataDir} has no databases${where}`);
  }
  openFolder(folder, 'keys');
  const takenAt = timestamp();
  const files: CopiedDatabase[] = [];
  for (const database of present) files.push(await copyOne(folder, database));
  const keyChecks = Object.fromEntries(
    listKeyFiles(dataDir)
      .filter((name) => name.startsWith('keys/'))
      .map((name) => [name, keyCheckOf(join(dataDir, name))]),
  );
  writeManifest(folder, takenAt, { holds: 'databases', files, keyChecks });
  words.print({ folder, takenAt, files }, [
    ...files.map(({ file, bytes }) => `${join(folder, file)}  ${bytes} bytes`),
    ...inPostgres.map((program) => `${program} is in PostgreSQL and not in this backup: see docs/operating.md`),
    'The keys are not in it: ozura backup --keys FOLDER, for another place.',
  ]);
}

async function copyOne(
  folder: string,
  { program, url }: InstallationFiles['databases'][number],
): Promise<CopiedDatabase> {
  const takenAt = timestamp();
  const file = `${program}.db`;
  const { migrations, damage } = await copyDatabase(url, join(folder, file))
    .then(() => examineDatabase(join(folder, file)))
    .catch((error: Error) => {
      throw new CannotStart(`${url} to ${join(folder, file)}: ${error.message}`);
    });
  if (damage !== undefined) throw new CannotStart(`${url}: is damaged: ${damage}`);
  return { program, takenAt, ...(await describeFile(folder, file)), migrations };
}

async function copyKeys(to: string, words: Words): Promise<void> {
  const { dataDir } = readInstallationFiles();
  const names = listKeyFiles(dataDir);
  if (names.length === 0) throw new CannotStart(`${join(dataDir, 'keys')}: there are no keys`);
  const folder = resolve(to);
  openFolder(folder, 'databases');
  for (const name of names) copyDurably(join(dataDir, name), join(folder, name));
  const files = await Promise.all(names.map((name) => describeFile(folder, name)));
  const takenAt = timestamp();
  writeManifest(folder, takenAt, { holds: 'keys', files });
  words.print({ folder, takenAt, files }, [
    ...names.map((name) => join(folder, name)),
    'Whoever has these and a backup of the databases has every card: keep them apart.',
  ]);
}

/** New or empty, and neither in nor around a place with the other half. */
function openFolder(folder: string, otherHalf: 'keys' | 'databases'): void {
  withFile(folder, () => makeFolder(folder));
  if (heldBy(folder) === otherHalf || heldBy(dirname(folder)) === otherHalf)
    throw new CannotStart(`${folder}: has ${otherHalf} in it; databases and keys are kept apart`);
  const [first] = readdirSync(folder);
  if (first !== undefined) throw new CannotStart(`${folder}: is not empty: ${first}`);
  const { dataDir } = readInstallationFiles();
  if (!relative(dataDir, folder).startsWith('..'))
    throw new CannotStart(`${folder}: is inside ${dataDir}, and would be lost with it`);
}

const timestamp = (): string =>
  new Date(openContext(openLog({ program: 'ozura', level: 'silent' })).now()).toISOString();
