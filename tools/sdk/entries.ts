// The entries of `@ozura/elements` and its published package.json, both read from the workspace's own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root: string = join(import.meta.dirname, '../..');
export const home: string = join(root, 'packages/elements');

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

export interface Entry {
  /** What a merchant imports: `.`, `./server`. */
  readonly subpath: string;
  /** Of its files: `index`, `server`. */
  readonly name: string;
  /** From the root of the project: `packages/elements/src/server/index.ts`. */
  readonly source: string;
}

export const readManifest = (): Manifest => JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as Manifest;

/** The subpaths that are named; a pattern is for our own programs. */
export const entriesOf = ({ exports }: Manifest): Entry[] =>
  Object.entries(exports)
    .filter(([subpath]) => !subpath.includes('*'))
    .map(([subpath, target]) => ({
      subpath,
      name: subpath === '.' ? 'index' : subpath.slice('./'.length),
      source: join('packages/elements', target),
    }));

// Compilers that know no `exports` look here.
const byFolder = ({ subpath, name }: Entry) => [subpath.slice('./'.length), [`./dist/cjs/${name}.d.cts`]] as const;

/** Points at what is built, and names nothing that only our workspace has. */
export function publishedManifest(manifest: Manifest): Record<string, unknown> {
  const { private: _private, scripts: _scripts, devDependencies: _dev, exports: _exports, ...kept } = manifest;
  const entries = entriesOf(manifest);
  return {
    ...kept,
    // The guard against browsers must stay when a bundler leaves out what nobody uses.
    sideEffects: ['./dist/*/server.*'],
    main: './dist/cjs/index.cjs',
    module: './dist/esm/index.js',
    types: './dist/cjs/index.d.cts',
    exports: {
      ...Object.fromEntries(entries.map(({ subpath, name }) => [subpath, conditionsOf(name)])),
      './package.json': './package.json',
    },
    typesVersions: { '*': Object.fromEntries(entries.filter(({ subpath }) => subpath !== '.').map(byFolder)) },
    files: ['dist/esm', 'dist/cjs'],
  };
}

const conditionsOf = (name: string) => ({
  import: { types: `./dist/esm/${name}.d.ts`, default: `./dist/esm/${name}.js` },
  require: { types: `./dist/cjs/${name}.d.cts`, default: `./dist/cjs/${name}.cjs` },
});
