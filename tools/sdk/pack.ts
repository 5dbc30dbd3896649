// Packs what was built. Kept below `dist` by the content of the sources, so that one run of the tests builds once.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildPackage } from './build.ts';
import { home, readManifest, root } from './entries.ts';

export interface Packed {
  /** The package as it is installed. */
  readonly folder: string;
  readonly tarball: string;
}

export async function packOnce(): Promise<Packed> {
  const kept = join(home, 'dist/packed', digestOfSources());
  if (!existsSync(kept)) await packInto(kept);
  return packedIn(kept);
}

async function packInto(kept: string): Promise<void> {
  const draft = join(home, 'dist', `packing.${process.pid}`);
  const { folder } = packedIn(draft);
  await buildPackage(folder);
  // Nothing runs: what has to be built is built.
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', draft], { cwd: folder });
  mkdirSync(join(kept, '..'), { recursive: true });
  const older = readdirSync(join(kept, '..')).filter((digest) => digest !== basename(kept));
  for (const digest of older) rmSync(join(kept, '..', digest), { recursive: true, force: true });
  try {
    renameSync(draft, kept);
  } catch (error) {
    // Another process was faster, with the same sources.
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(kept)) throw error;
  }
}

function packedIn(folder: string): Packed {
  const { name, version } = readManifest();
  return {
    folder: join(folder, 'package'),
    tarball: join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`),
  };
}

function digestOfSources(): string {
  const paths = globSync(
    [
      'packages/{core,contract,elements}/src/**/*.{ts,tsx}',
      'packages/elements/{package.json,README.md}',
      'tools/sdk/*',
    ],
    { cwd: root },
  );
  const hash = createHash('sha256');
  for (const path of [...paths, 'package-lock.json'].toSorted()) {
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)));
  }
  return hash.digest('hex').slice(0, 16);
}
