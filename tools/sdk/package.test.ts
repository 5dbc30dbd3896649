// What merchants install: the tarball itself is looked at, not the workspace.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { beforeAll, describe, expect, test } from 'vitest';
import { entriesOf, readManifest, root } from './entries.ts';
import { type Packed, packOnce } from './pack.ts';
import { referenceOf } from './reference.ts';
import { gzippedSize } from './size.ts';

let packed: Packed;
const entries = entriesOf(readManifest());

beforeAll(async () => {
  packed = await packOnce();
}, 120_000);

const read = (path: string): string => readFileSync(join(packed.folder, path), 'utf8');

test('publint finds nothing to complain about', async () => {
  const { messages, pkg } = await publint({ pkgDir: packed.folder, strict: true, pack: false });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

test('its types are right for every way to resolve them', async () => {
  const result = await checkPackage(createPackageFromTarballData(readFileSync(packed.tarball)));
  expect('problems' in result ? result.problems : result).toEqual([]);
});

test('npm may run what builds it before it packs', () => {
  expect(readFileSync(join(root, '.npmrc'), 'utf8')).not.toMatch(/^ignore-scripts/m);
});

test('nothing is installed with it, and nothing of our workspace is named', () => {
  const manifest = JSON.parse(read('package.json'));
  expect(manifest).not.toHaveProperty('dependencies');
  expect(manifest).not.toHaveProperty('private');
  expect(manifest.license).toBe('Apache-2.0');
  for (const format of ['esm', 'cjs']) {
    const files = readdirSync(join(packed.folder, 'dist', format));
    expect(files.length).toBeGreaterThanOrEqual(entries.length * 2);
    for (const file of files) {
      const text = read(join('dist', format, file));
      expect(text).not.toMatch(/(from|require\(|import\() ?['"]@ozura\/(core|contract)/);
    }
  }
});

describe.each(entries.map(({ name }) => name))('the entry %s', (name) => {
  test('offers the same by import and by require', async () => {
    const esm = (await import(pathToFileURL(join(packed.folder, `dist/esm/${name}.js`)).href)) as object;
    const cjs = createRequire(import.meta.url)(join(packed.folder, `dist/cjs/${name}.cjs`)) as object;
    const names = (module: object): string[] =>
      Object.keys(module)
        .filter((one) => one !== 'module.exports')
        .sort();
    expect(names(cjs)).toEqual(names(esm));
    expect(names(esm).length).toBeGreaterThan(0);
  });
});

test('the React entry is for clients', () => {
  for (const file of ['esm/react.js', 'cjs/react.cjs']) expect(read(`dist/${file}`)).toMatch(/^['"]use client['"];/);
});

test('a bundle for browsers that takes the server entry keeps the guard', () => {
  for (const file of ['esm/server.js', 'cjs/server.cjs']) expect(read(`dist/${file}`)).toContain('is for servers only');
});

test('its API is the one that was reviewed; after a change that is meant, run: npm run sdk -- reference', () => {
  for (const [path, text] of Object.entries(referenceOf(packed)))
    expect(readFileSync(join(root, path), 'utf8')).toBe(text);
});

/** Minified and with everything it loads, as a page gets it; in bytes, gzip. */
const budgets = [
  { name: 'index', most: 8 * 1024 },
  { name: 'react', most: 3 * 1024 },
];

test.each(budgets.filter(({ name }) => entries.some((entry) => entry.name === name)))(
  'the entry $name has at most $most bytes',
  async ({ name, most }) => {
    const folder = join(packed.folder, 'dist/esm');
    const shared = readdirSync(folder).filter((file) => /^shared-.*\.js$/.test(file));
    const loaded = name === 'react' ? shared.map((file) => `./${file}`) : [];
    expect(await gzippedSize(join(folder, `${name}.js`), loaded)).toBeLessThanOrEqual(most);
  },
);
