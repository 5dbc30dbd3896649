// A project of somebody else: a folder with a package.json, the SDK installed from its tarball, and nothing of this workspace.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packOnce } from '@ozura/tools/sdk/pack';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Stranger {
  readonly folder: string;
  write(files: Readonly<Record<string, string>>): void;
  /** Throws with what the compiler says. */
  compile(files: readonly string[]): void;
  run(file: string, env: Readonly<Record<string, string>>): Program;
  remove(): void;
}

export interface Program {
  /** Resolves with what was printed once `text` is in it. */
  printed(text: string): Promise<string>;
  /** Resolves with everything that was printed; rejects when it did not end well. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** `linked` are packages that a merchant has anyway, taken from here instead of a registry. */
export async function makeProject(type: 'module' | 'commonjs', linked: readonly string[]): Promise<Stranger> {
  const { tarball } = await packOnce();
  const folder = mkdtempSync(join(tmpdir(), 'ozura-stranger-'));
  const write: Stranger['write'] = (files) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  };
  write({ 'package.json': JSON.stringify({ name: 'shop', version: '1.0.0', private: true, type }) });
  const flags = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  execFileSync('npm', ['install', ...flags, tarball], { cwd: folder });
  for (const name of linked) {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
  return {
    folder,
    write,
    compile: (files) => compile(folder, files),
    run: (file, env) => runProgram(folder, file, env),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function compile(folder: string, files: readonly string[]): void {
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--types',
    'node',
    '--jsx',
    'react-jsx',
  ];
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  try {
    execFileSync(process.execPath, [tsc, ...options, '--allowImportingTsExtensions', ...files], { cwd: folder });
  } catch (error) {
    throw new Error(String((error as { stdout: Buffer }).stdout));
  }
}

function runProgram(cwd: string, file: string, env: Readonly<Record<string, string>>): Program {
  const child = spawn(process.execPath, [file], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk;
    });
  }
  const ended = new Promise<string>((resolve, reject) => {
    child.once('close', (code) => (code === 0 ? resolve(output) : reject(new Error(`ended with ${code}: ${output}`))));
  });
  // Whoever does not wait for the end is not told of it.
  ended.catch(() => undefined);
  return { printed: (text) => untilPrinted(child, () => output, text), ended, stop: () => stopChild(child) };
}

const printTimeoutMs = 15_000;

async function untilPrinted(child: ChildProcess, output: () => string, text: string): Promise<string> {
  const until = Date.now() + printTimeoutMs;
  while (!output().includes(text)) {
    if (child.exitCode !== null || Date.now() > until) throw new Error(`"${text}" was not printed: ${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return output();
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  await gone;
}
