// The packages of this folder: a measured neighbour and a measuring tool, too heavy for everybody's `npm install`.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const here = import.meta.dirname;

/** Once; 200 MB from the registry. */
export function installBeside(): void {
  if (existsSync(join(here, 'node_modules/.package-lock.json'))) return;
  console.log('installing what the page is measured beside and with (bench/beside, 200 MB) …');
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: here, stdio: 'inherit' });
}

export const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(join(here, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version;

/** Of a package of this folder, which the rest of the project does not know. */
export const loadBeside = (name: string): Promise<unknown> =>
  import(pathToFileURL(createRequire(join(here, 'package.json')).resolve(name)).href);
