// Nobody reads what a program logs.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { freePort } from '../ports.ts';
import { faultTest, sized } from './fault.ts';

const cli = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url));
/** More than a pipe holds. */
const pipeLines = 600;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

faultTest('nobody reads the log', async () => {
  const program = await startSandbox();
  const { stdout } = program.child;
  stdout?.pause();
  await askTimes(program.url, pipeLines);
  let heard = '';
  stdout?.on('data', (bytes: Buffer) => {
    heard += bytes;
  });
  stdout?.resume();
  await expect
    .poll(() => heard.match(/"answered"/g)?.length ?? 0, { timeout: 10_000 })
    .toBeGreaterThanOrEqual(pipeLines);
  // Then the reader is gone for good.
  stdout?.destroy();
  await askTimes(program.url, pipeLines);
  await program.stop();
  if (sized(true, false)) return;
  const ending = await startSandbox();
  ending.child.stdout?.pause();
  await askTimes(ending.url, pipeLines);
  await ending.stop();
});

interface Sandbox {
  readonly child: ChildProcess;
  readonly url: string;
  stop(): Promise<void>;
}

/** A program by itself, which logs to its standard output. */
async function startSandbox(): Promise<Sandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'ozura-process-'));
  const port = await freePort();
  const child = spawn(process.execPath, [cli, 'serve', 'sandbox'], {
    env: { ...process.env, PORT: String(port), DATABASE_URL: join(folder, 'sandbox.db') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const url = `http://127.0.0.1:${port}`;
  return {
    child,
    url,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      expect((await ended)[0]).toBe(0);
      rmSync(folder, { recursive: true });
    },
  };
}

async function askTimes(url: string, times: number): Promise<void> {
  for (let asked = 0; asked < times; asked += 50) {
    const late = pause(5_000).then(() => [0]);
    const asking = Array.from({ length: 50 }, async () => (await fetch(`${url}/nowhere`)).status);
    expect(new Set(await Promise.race([Promise.all(asking), late]))).toEqual(new Set([404]));
  }
}
