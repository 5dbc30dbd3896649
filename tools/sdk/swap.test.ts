import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { putPublishedManifest, restoreManifest } from './swap.ts';

let folder: string;
let home: string;
let built: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ozura-swap-'));
  [home, built] = [join(folder, 'home'), join(folder, 'built')];
  for (const path of [home, join(built, 'dist/esm')]) mkdirSync(path, { recursive: true });
  writeFileSync(join(home, 'package.json'), 'workspace');
  writeFileSync(join(built, 'package.json'), 'published');
  writeFileSync(join(built, 'LICENSE'), 'licence');
  writeFileSync(join(built, 'dist/esm/index.js'), 'built');
});

afterEach(() => rmSync(folder, { recursive: true }));

const manifest = (): string => readFileSync(join(home, 'package.json'), 'utf8');

test('what is packed is the published package, and afterwards all is as before', () => {
  putPublishedManifest(home, built);
  expect(manifest()).toBe('published');
  expect(existsSync(join(home, 'dist/esm/index.js'))).toBe(true);
  restoreManifest(home);
  expect(manifest()).toBe('workspace');
  expect(existsSync(join(home, 'LICENSE'))).toBe(false);
});

test('a pack that was killed loses nothing', () => {
  putPublishedManifest(home, built);
  putPublishedManifest(home, built);
  restoreManifest(home);
  expect(manifest()).toBe('workspace');
  restoreManifest(home);
  expect(manifest()).toBe('workspace');
});
