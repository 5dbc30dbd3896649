// Starts a program of the tests as a process of its own, one that may be killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { COMPILE_CACHE } from './compile-cache.ts';

interface Spawned {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  /** What it prints first; never, when it ends before. */
  readonly said: Promise<string>;
}

/** `name`: a file beside this one, which reads `options` as JSON, and says when it is ready by `started-program.ts`. */
export async function spawnProgram(name: string, options: object): Promise<Spawned> {
  const file = await (bundles.get(name) ?? keepBundle(name));
  const env = { ...process.env, ...COMPILE_CACHE };
  const child = spawn(process.execPath, [file, JSON.stringify(options)], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  return { child, ended: once(child, 'exit'), said: once(child.stdout, 'data').then(([line]) => String(line)) };
}

const CACHE = new URL('../node_modules/.cache/test-programs/', import.meta.url);
const bundles = new Map<string, Promise<string>>();

function keepBundle(name: string): Promise<string> {
  const made = makeBundle(name);
  bundles.set(name, made);
  return made;
}

/** Two thirds of a start go by in looking for a thousand modules: here they are one file, the code of each as it is. */
async function makeBundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(name, import.meta.url))],
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // Packages in CommonJS ask for Node's own modules by it.
    banner: {
      js: "import * as nodeModule from 'node:module'; const require = nodeModule.createRequire(import.meta.url);",
    },
    external: ['pg-native'],
    define: { 'import.meta.url': 'moduleUrl' },
    plugins: [ownAddresses],
    write: false,
  });
  const path = fileURLToPath(new URL(name.replace(/\.ts$/, '.mjs'), CACHE));
  mkdirSync(dirname(path), { recursive: true });
  // In one step, as the other workers do the same.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, outputFiles[0]?.contents ?? '');
  renameSync(draft, path);
  return path;
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
