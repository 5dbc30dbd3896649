// Starts a program of the tests as a process of its own, one that may be killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { COMPILE_CACHE } from './compile-cache.ts';
import { bundleOf } from './program-bundle.ts';

interface Spawned {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  /** What it prints first; never, when it ends before. */
  readonly said: Promise<string>;
}

/** `name`: a file beside this one, which reads `options` as JSON, and says when it is ready by `started-program.ts`. */
export async function spawnProgram(name: string, options: object): Promise<Spawned> {
  const file = await bundleOf(name);
  const env = { ...process.env, ...COMPILE_CACHE };
  const child = spawn(process.execPath, [file, JSON.stringify(options)], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  return { child, ended: once(child, 'exit'), said: once(child.stdout, 'data').then(([line]) => String(line)) };
}
