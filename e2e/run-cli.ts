// Runs the `ozura` command in a process of its own, for tests.
import { type ChildProcess, spawn } from 'node:child_process';
import { COMPILE_CACHE } from './compile-cache.ts';
import { bundleOf } from './program-bundle.ts';

export interface RunningCli {
  readonly child: ChildProcess;
  output(): string;
  /** Resolves when the output holds `text`, rejects when the process ends before. */
  printed(text: string): Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

const main = await bundleOf('../apps/cli/src/main.ts');

/** `input` is what stands on its stdin. */
export function runCli(args: readonly string[], env: Readonly<Record<string, string>> = {}, input = ''): RunningCli {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...COMPILE_CACHE, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined).end(input);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, stdout, stderr })),
  );
  return {
    child,
    ended,
    output: () => stdout + stderr,
    printed: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (stdout.includes(text)) resolve();
        };
        child.stdout.on('data', look);
        child.once('close', () => reject(new Error(`ended before it printed ${text}:\n${stdout}${stderr}`)));
        look();
      }),
  };
}
