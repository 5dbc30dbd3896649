// For a plain `npm pack` in the SDK's folder: what was built takes the place of the workspace's package.json, and leaves it again.
import { copyFileSync, cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const keptIn = (home: string): string => join(home, 'dist/package.workspace.json');

/** `built` is a whole package; its files go to `home`, whose own package.json is kept aside. */
export function putPublishedManifest(home: string, built: string): void {
  const kept = keptIn(home);
  mkdirSync(join(home, 'dist'), { recursive: true });
  // There already after a pack that was killed: then package.json is not the workspace's.
  if (!existsSync(kept)) copyFileSync(join(home, 'package.json'), kept);
  for (const folder of ['dist/esm', 'dist/cjs']) rmSync(join(home, folder), { recursive: true, force: true });
  cpSync(built, home, { recursive: true });
}

export function restoreManifest(home: string): void {
  if (existsSync(keptIn(home))) renameSync(keptIn(home), join(home, 'package.json'));
  rmSync(join(home, 'LICENSE'), { force: true });
}
