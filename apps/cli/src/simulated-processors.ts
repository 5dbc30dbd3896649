// `ozura start --processors`: programs that play the real processors stand in for them, and the sandbox merchant pays
// through them.
import { join } from 'node:path';
import { getMerchant } from '@ozura/contract/pay/admin/merchants';
import { orderProcessors, removeProcessor, setProcessor } from '@ozura/contract/pay/admin/processors';
import type { ProcessorHosts } from '@ozura/core/processor-hosts';
import { isObject } from '@ozura/core/validation';
import { openLog } from '@ozura/kit/log';
import { CannotStart } from './cannot-start.ts';
import { readDevFile } from './dev-file.ts';
import type { Installation } from './operator.ts';

export type ProcessorName = keyof ProcessorHosts;

/** A program that plays a processor. */
export interface Simulated {
  readonly name: ProcessorName;
  /** Of its journal and its steps. */
  readonly url: string;
  readonly address: string;
  stop(): Promise<void>;
}

/** Which of them, in the order in which they are tried; none without the option, all without names. */
export async function readSimulated([option, ...names]: readonly string[]): Promise<readonly ProcessorName[]> {
  if (option === undefined) return [];
  if (option !== '--processors') throw new CannotStart(`start takes --processors and their names, not "${option}"`);
  const { SIMULATORS } = await import('@ozura/simulators/main');
  const known = Object.keys(SIMULATORS) as ProcessorName[];
  const wanted = names.flatMap((name) => name.split(',')).filter((name) => name !== '');
  const unknown = wanted.find((name) => !known.some((one) => one === name));
  if (unknown !== undefined) throw new CannotStart(`--processors: "${unknown}" is none of ${known.join(', ')}`);
  return wanted.length === 0 ? known : known.filter((name) => wanted.includes(name)).sort(by(wanted));
}

const by =
  (order: readonly string[]) =>
  (one: string, other: string): number =>
    order.indexOf(one) - order.indexOf(other);

export async function startSimulated(names: readonly ProcessorName[], dataDir: string): Promise<readonly Simulated[]> {
  if (names.length === 0) return [];
  const { startSimulator } = await import('@ozura/simulators/main');
  const file = join(dataDir, 'log', 'processors.log');
  const log = openLog({ program: 'processors', level: 'info', file });
  return Promise.all(names.map(async (name) => ({ name, ...(await startSimulator(name, log)) })));
}

export const hostsWith = (hosts: ProcessorHosts, simulated: readonly Simulated[]): ProcessorHosts => ({
  ...hosts,
  ...Object.fromEntries(simulated.map(({ name, address }) => [name, address])),
});

interface Payer {
  readonly installation: Installation;
  readonly merchantId: string;
  readonly dataDir: string;
  readonly operator: string;
}

/** They are tried first. What only a simulator knows is forgotten when it does not run any more. */
export async function payThrough(
  { installation, merchantId, dataDir, operator }: Payer,
  simulated: readonly Simulated[],
): Promise<void> {
  const names = simulated.map(({ name }) => name);
  const gone = lastSimulated(dataDir).filter((name) => !names.some((one) => one === name));
  const { data } = await installation.call(getMerchant, { params: { merchantId } });
  for (const processor of data.processors.filter((name) => gone.includes(name))) {
    await installation.call(removeProcessor, { params: { merchantId, processor }, body: { by: operator } });
  }
  if (names.length === 0) return;
  const { SIMULATED_CREDENTIALS } = await import('@ozura/simulators/credentials');
  for (const processor of names) {
    const body = { credentials: SIMULATED_CREDENTIALS[processor], by: operator };
    await installation.call(setProcessor, { params: { merchantId, processor }, body });
  }
  const body = { order: [...names, 'sandbox'], by: operator };
  await installation.call(orderProcessors, { params: { merchantId }, body });
}

/** Those of the last start. */
function lastSimulated(dataDir: string): readonly string[] {
  const { processors } = readDevFile(dataDir) ?? {};
  return isObject(processors) ? Object.keys(processors) : [];
}
