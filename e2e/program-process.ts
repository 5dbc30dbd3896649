// Starts a program of the tests as a process of its own, one that may be killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Spawned {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  /** What it prints first; never, when it ends before. */
  readonly said: Promise<string>;
}

/** `name`: a file beside this one, which reads `options` as JSON. */
export function spawnProgram(name: string, options: object): Spawned {
  const file = fileURLToPath(new URL(name, import.meta.url));
  // Hundreds of starts: what was compiled once is read again.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'ozura-kill-cache') };
  const child = spawn(process.execPath, [file, JSON.stringify(options)], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  return { child, ended: once(child, 'exit'), said: once(child.stdout, 'data').then(([line]) => String(line)) };
}
