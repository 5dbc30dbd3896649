// What a backup says about itself: which files it has, so that a damaged, mixed-up or unfinished one is not restored.
import { createHash, hkdfSync } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '@ozura/core/validation';
import cli from '../../package.json' with { type: 'json' };
import { CannotStart } from '../cannot-start.ts';
import { readJsonInput } from '../input-file.ts';
import { writePrivateFile } from '../private-file.ts';
import type { ProgramName } from '../serve-variables.ts';

export interface CopiedFile {
  /** From the folder of the backup, with `/`. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface CopiedDatabase extends CopiedFile {
  readonly program: ProgramName;
  /** When the copy began, ISO 8601: whatever was answered before is in it. */
  readonly takenAt: string;
  readonly migrations: readonly string[];
}

interface DatabaseManifest {
  readonly holds: 'databases';
  readonly files: readonly CopiedDatabase[];
  /** By name of a key file: tells the right key from another one, and says nothing else about it. */
  readonly keyChecks: Readonly<Record<string, string>>;
}

interface KeyManifest {
  readonly holds: 'keys';
  readonly files: readonly CopiedFile[];
}

interface Common {
  readonly format: 1;
  /** Of the programs. */
  readonly version: string;
  readonly takenAt: string;
}

export type Manifest<Holds> = Common & Extract<DatabaseManifest | KeyManifest, { readonly holds: Holds }>;

const MANIFEST = 'manifest.json';
const format = 1;

/** Comes last, so that a folder without one is no backup. */
export function writeManifest(folder: string, takenAt: string, content: DatabaseManifest | KeyManifest): void {
  const manifest = { format, version: cli.version, takenAt, ...content };
  writePrivateFile(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** What the folder holds by its own word; nothing when it is no backup. */
export function heldBy(folder: string): unknown {
  const path = join(folder, MANIFEST);
  if (!existsSync(path)) return undefined;
  const read = readJsonInput(path);
  return isObject(read) ? read.holds : undefined;
}

export function readManifest<const Holds extends 'databases' | 'keys'>(folder: string, holds: Holds): Manifest<Holds> {
  const path = join(folder, MANIFEST);
  if (!existsSync(path)) throw new CannotStart(`${folder}: is not a whole backup: ${MANIFEST} is not there`);
  const read = readJsonInput(path);
  if (!isObject(read) || read.format !== format || !Array.isArray(read.files))
    throw new CannotStart(`${path}: is not a manifest that this version reads`);
  if (read.holds !== holds) throw new CannotStart(`${folder}: holds ${String(read.holds)}, not ${holds}`);
  return read as unknown as Manifest<Holds>;
}

export async function describeFile(folder: string, file: string): Promise<CopiedFile> {
  const path = join(folder, file);
  return { file, bytes: statSync(path).size, sha256: await sha256Of(path) };
}

/** What is wrong with the files of a backup, one line each. */
export async function damageOf(folder: string, files: readonly CopiedFile[]): Promise<string[]> {
  const lines = await Promise.all(
    files.map(async ({ file, bytes, sha256 }) => {
      const path = join(folder, file);
      // A name that leads out of the folder was not written by us.
      if (!/^[a-z-]+(\/[a-z-]+)?(\.(db|json))?$/.test(file)) return `${path}: is not a name of a backup`;
      if (!existsSync(path)) return `${path}: is missing`;
      if (statSync(path).size !== bytes) return `${path}: has ${statSync(path).size} bytes, not ${bytes}`;
      return (await sha256Of(path)) === sha256 ? undefined : `${path}: is not what was backed up (SHA-256 differs)`;
    }),
  );
  return lines.filter((line) => line !== undefined);
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

const checkBytes = 6;

/** Derived in one direction, and too short to find a key by. */
export const keyCheckOf = (path: string): string =>
  Buffer.from(hkdfSync('sha256', readFileSync(path), '', 'ozura backup key check', checkBytes)).toString('hex');
