// The whole system for a measurement: fresh data, free ports, limits out of the way.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DevFile } from '@ozura/e2e/system';
import { type Program, root, startProgram } from './program.ts';

export interface System {
  readonly dev: DevFile;
  readonly program: Program;
  /** From the start of the process to the first answer of the Checkout API, in ms. */
  readonly startMs: number;
  stop(): Promise<void>;
}

const portBaseDefault = 23_400;
const pollMs = 5;
const startTimeoutMs = 20_000;

export interface SystemOptions {
  readonly portBase?: number;
  readonly env?: Record<string, string>;
}

export async function startSystem({ portBase = portBaseDefault, env = {} }: SystemOptions = {}): Promise<System> {
  const data = mkdtempSync(join(tmpdir(), 'ozura-bench-'));
  const startedAt = performance.now();
  const starting = startProgram([join(root, 'apps/cli/src/main.ts'), 'start'], () => true, {
    PORT_BASE: String(portBase),
    DATA_DIR: data,
    RATE_LIMITS: 'off',
    ...env,
  });
  const startMs = await firstAnswer(`http://127.0.0.1:${portBase}/health`, startedAt);
  const program = await starting;
  return {
    program,
    startMs,
    dev: JSON.parse(readFileSync(join(data, 'dev.json'), 'utf8')) as DevFile,
    async stop() {
      await program.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

async function firstAnswer(url: string, startedAt: number): Promise<number> {
  while (performance.now() - startedAt < startTimeoutMs) {
    const answered = await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    );
    if (answered) return performance.now() - startedAt;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw new Error('the system did not answer in time');
}
