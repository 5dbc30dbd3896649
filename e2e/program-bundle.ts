// Programs that tests start, of a few files each: two thirds of a start go by in looking for a thousand modules.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

const bundles = new Map<string, Promise<string>>();

/** The file to run for `entry`, a path from this folder; the code of each module is as it is. */
export function bundleOf(entry: string): Promise<string> {
  const made = bundles.get(entry) ?? makeBundle(entry);
  bundles.set(entry, made);
  return made;
}

async function makeBundle(entry: string): Promise<string> {
  const name = entry.replaceAll('../', '').replaceAll('/', '-').replace(/\.ts$/, '');
  const { outputFiles } = await build({
    entryPoints: { main: fileURLToPath(new URL(entry, import.meta.url)) },
    outdir: fileURLToPath(new URL(`../node_modules/.cache/test-programs/${name}`, import.meta.url)),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What is loaded when it is needed, by one command of many, stays so.
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // Packages in CommonJS ask for Node's own modules by it.
    banner: {
      js: "import * as nodeModule from 'node:module'; const require = nodeModule.createRequire(import.meta.url);",
    },
    // The second starts a program that lies beside it.
    external: ['pg-native', 'esbuild'],
    define: { 'import.meta.url': 'moduleUrl' },
    plugins: [ownAddresses],
    write: false,
  });
  // The last is run, when all others are there.
  const main = outputFiles.find(({ path }) => path.endsWith('/main.mjs'));
  if (main === undefined) throw new Error(`${entry}: nothing to run`);
  for (const file of outputFiles) if (file !== main) keep(file);
  keep(main);
  return main.path;
}

/** In one step, as the other workers do the same. */
function keep({ path, contents }: { readonly path: string; readonly contents: Uint8Array }): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, path);
}

/** A module finds what lies beside it where it was written. */
const ownAddresses: Plugin = {
  name: 'own addresses',
  setup({ onLoad }) {
    onLoad({ filter: /\.[cm]?[jt]s$/ }, ({ path }) => {
      const code = readFileSync(path, 'utf8');
      if (!code.includes('import.meta.url')) return undefined;
      const contents = `const moduleUrl = ${JSON.stringify(pathToFileURL(path).href)};${code}`;
      return { contents, loader: path.endsWith('ts') ? 'ts' : 'js' };
    });
  },
};
