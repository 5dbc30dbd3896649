// A processor as the conformance list drives it: an adapter, the program that plays the processor for it, and by what that
// program knows the merchant.
import { join } from 'node:path';
import { PROCESSOR_HOSTS } from '@ozura/core/processor-hosts';
import { openLog } from '@ozura/kit/log';
import type { Processor } from '@ozura/pay/processors/port';
import { openProcessors } from '@ozura/pay/processors/registry';
import { startSandbox } from '@ozura/sandbox/main';
import { SIMULATED_CREDENTIALS } from '@ozura/simulators/credentials';
import { SIMULATORS, type SimulatorName, startSimulator } from '@ozura/simulators/main';

export type Operation = 'sale' | 'refund' | 'void' | 'inquiry';

/** What the program has booked. */
export interface Entry {
  readonly kind: string;
  readonly status: string;
  readonly transactionId: string;
  readonly amountMinor: number;
  readonly currency: string;
}

export interface Played {
  readonly processor: Processor;
  readonly account: string;
  readonly credentials: Readonly<Record<string, string>>;
  /** Where the Vault has to be allowed to send to. */
  readonly destination: string;
  /** For the next call of that operation. `false`: this program cannot do that. */
  plan(operation: Operation, step: string): Promise<boolean>;
  clear(): Promise<void>;
  journal(): Promise<Entry[]>;
  settle(): Promise<void>;
  stop(): Promise<void>;
}

const log = openLog({ program: 'conformance', level: 'silent' });
const account = 'ozu_bluekettle';

/** `folder` is for what they keep. */
export async function playAll(folder: string): Promise<Played[]> {
  const simulated = Object.keys(SIMULATORS) as SimulatorName[];
  return Promise.all([playSandbox(folder), ...simulated.map(playSimulator)]);
}

async function playSandbox(folder: string): Promise<Played> {
  const sandbox = await startSandbox({ host: '127.0.0.1', port: 0, databaseUrl: join(folder, 'sandbox.db'), log });
  const { url } = sandbox;
  return {
    processor: openedProcessor('sandbox', { sandboxUrl: url }),
    account,
    credentials: {},
    destination: url,
    plan: async (operation, step) =>
      operation !== 'inquiry' &&
      isDone(await post(`${url}/programs`, { merchant: account, match: { operation }, steps: [step] })),
    clear: async () => void (await fetch(`${url}/programs?merchant=${account}`, { method: 'DELETE' })),
    journal: async () => {
      const entries = await entriesAt<Omit<Entry, 'amountMinor'> & { amount: number }>(
        `${url}/journal?merchant=${account}`,
      );
      return entries.map(({ amount, ...entry }) => ({ ...entry, amountMinor: amount }));
    },
    settle: async () => void (await post(`${url}/settlements`, { merchant: account })),
    stop: () => sandbox.stop(),
  };
}

async function playSimulator(name: SimulatorName): Promise<Played> {
  const simulator = await startSimulator(name, log);
  const { url, address } = simulator;
  return {
    processor: openedProcessor(name, { address }),
    account,
    credentials: SIMULATED_CREDENTIALS[name],
    destination: address,
    plan: async (operation, step) => isDone(await post(`${url}/control/steps`, { operation, steps: [step] })),
    clear: async () => void (await fetch(`${url}/control/steps`, { method: 'DELETE' })),
    journal: () => entriesAt<Entry>(`${url}/control/journal`),
    settle: async () => void (await post(`${url}/control/settlements`, {})),
    stop: () => simulator.stop(),
  };
}

interface Address {
  readonly sandboxUrl?: string;
  readonly address?: string;
}

function openedProcessor(name: string, { sandboxUrl = 'http://127.0.0.1:1', address }: Address): Processor {
  const processors = openProcessors({
    mode: 'test',
    sandbox: { url: sandboxUrl, unreachableUrl: 'http://127.0.0.1:1' },
    processorHosts: { ...PROCESSOR_HOSTS.test, ...(address === undefined ? {} : { [name]: address }) },
  });
  const processor = processors.get(name);
  if (processor === undefined) throw new Error(`no adapter of ${name}`);
  return processor;
}

const post = (url: string, body: object): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

const isDone = ({ status }: Response): boolean => status === 200;

async function entriesAt<Booked>(url: string): Promise<Booked[]> {
  const answer = await fetch(url);
  return ((await answer.json()) as { entries: Booked[] }).entries;
}
