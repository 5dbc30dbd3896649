// Starts Pay as a process of its own, and kills it.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProcessorHosts } from '@ozura/core/processor-hosts';

export interface PayProcessOptions {
  readonly port: number;
  readonly urls: Readonly<Record<'checkoutUrl' | 'vaultUrl' | 'payUrl' | 'elementsUrl', string>>;
  readonly databaseUrl: string;
  readonly pepper: string;
  readonly serviceKey: string;
  readonly checkoutServiceKey: string;
  readonly sandbox: { readonly url: string; readonly unreachableUrl: string };
  /** Where simulators stand in for processors. */
  readonly processorHosts: ProcessorHosts;
  readonly rootKeyFile: string;
  readonly adminToken: string;
  readonly merchantIds: readonly string[];
  readonly crashAt?: string;
  readonly taxProviderUrl?: string;
}

export interface PayProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  readonly merchantKeys: Readonly<Record<string, string>>;
}

export async function launchPay(options: PayProcessOptions): Promise<PayProcess> {
  const program = fileURLToPath(new URL('pay-process.ts', import.meta.url));
  // Hundreds of starts: what was compiled once is read again.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'ozura-kill-cache') };
  const args = [program, JSON.stringify(options)];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit').then(() => undefined);
  const started = once(child.stdout, 'data').then(([line]) => String(line));
  const printed = await Promise.race([started, ended]);
  if (printed === undefined) throw new Error('Pay does not start');
  return { child, ended, merchantKeys: JSON.parse(printed) as Record<string, string> };
}

/** SIGKILL, unless it is dead already. */
export async function killPay({ child, ended }: PayProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await ended;
}
