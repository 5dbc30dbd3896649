// Each program as a process of its own, on the databases and keys of an installation that `ozura start` made.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePortBase } from './ports.ts';
import { type RunningCli, runCli } from './run-cli.ts';
import type { DevFile } from './system.ts';

/** Whoever is called by another one starts before it. */
export const APART = ['sandbox', 'vault', 'pay', 'checkout'] as const;

export type ProgramApart = (typeof APART)[number];

export interface Apart {
  readonly dev: DevFile;
  readonly dataDir: string;
  running(program: ProgramApart): RunningCli;
  environmentOf(program: ProgramApart): Readonly<Record<string, string>>;
  /** After it has ended: on the same data and port. */
  startAgain(program: ProgramApart): Promise<void>;
  stop(): Promise<void>;
}

/** `more`: what a program is told beside where everything is. */
export async function startApart(more: (program: ProgramApart) => Readonly<Record<string, string>>): Promise<Apart> {
  const dataDir = mkdtempSync(join(tmpdir(), 'ozura-apart-'));
  const base = await freePortBase();
  const dev = await startOnce(base, dataDir);
  const environmentOf = (program: ProgramApart) => ({
    ...environment(program, { base, dataDir, dev }),
    ...more(program),
  });
  const programs = new Map<ProgramApart, RunningCli>();
  const start = async (program: ProgramApart): Promise<void> => {
    const started = runCli(['serve', program], environmentOf(program));
    programs.set(program, started);
    await started.printed('is ready on');
  };
  for (const program of APART) await start(program);
  return {
    dev,
    dataDir,
    running(program) {
      const found = programs.get(program);
      if (found === undefined) throw new Error(`${program} was not started`);
      return found;
    },
    environmentOf,
    startAgain: start,
    async stop() {
      for (const { child, ended } of programs.values()) {
        child.kill('SIGTERM');
        await ended;
      }
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function startOnce(base: number, dataDir: string): Promise<DevFile> {
  const first = runCli(['start'], { PORT_BASE: String(base), DATA_DIR: dataDir, NO_COLOR: '1' });
  await first.printed('/checkout/session_');
  first.child.kill('SIGTERM');
  await first.ended;
  return JSON.parse(readFileSync(join(dataDir, 'dev.json'), 'utf8')) as DevFile;
}

interface Installation {
  readonly base: number;
  readonly dataDir: string;
  readonly dev: DevFile;
}

function environment(program: ProgramApart, { base, dataDir, dev }: Installation): Record<string, string> {
  const key = (name: string): string => join(dataDir, 'keys', name);
  const sandboxUrl = `http://127.0.0.1:${base + 4}`;
  const common = {
    DATABASE_URL: join(dataDir, `${program}.db`),
    ...{ CHECKOUT_URL: dev.checkoutUrl, VAULT_URL: dev.vaultUrl, PAY_URL: dev.payUrl, ELEMENTS_URL: dev.elementsUrl },
    CHECKOUT_SERVICE_KEY_FILE: key('checkout-service-key'),
  };
  const port = (offset: number) => ({ PORT: String(base + offset) });
  const pepper = { PEPPER_FILE: key(`${program}-pepper`) };
  if (program === 'sandbox') return { DATABASE_URL: common.DATABASE_URL, ...port(4) };
  if (program === 'checkout') return { ...common, ...pepper, ...port(0) };
  const paySide = { PAY_SERVICE_KEY_FILE: key('pay-service-key'), ADMIN_TOKEN_FILE: key('admin-token') };
  if (program === 'pay') {
    const root = { PAY_ROOT_KEY_FILE: key('pay-root-key') };
    return { ...common, ...pepper, ...paySide, ...port(2), ...root, SANDBOX_URL: sandboxUrl };
  }
  const root = { ROOT_KEY_FILE: key('root-key'), ELEMENTS_PORT: String(base + 3) };
  return { ...common, ...pepper, ...paySide, ...port(1), ...root, PROCESSOR_DESTINATIONS: sandboxUrl };
}
