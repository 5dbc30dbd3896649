// Starts Pay as a process of its own, and kills it.

import type { ChildProcess } from 'node:child_process';
import type { ProcessorHosts } from '@ozura/core/processor-hosts';
import { spawnProgram } from './program-process.ts';

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
  const { child, ended: exit, said } = await spawnProgram('pay-process.ts', options);
  const ended = exit.then(() => undefined);
  const printed = await Promise.race([said, ended]);
  if (printed === undefined) throw new Error('Pay does not start');
  return { child, ended, merchantKeys: JSON.parse(printed) as Record<string, string> };
}

/** SIGKILL, unless it is dead already. */
export async function killPay({ child, ended }: PayProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await ended;
}
