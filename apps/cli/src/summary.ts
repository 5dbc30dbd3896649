// What `ozura start` prints when everything runs: enough to pay within ten seconds.
import { relative } from 'node:path';
import type { DevFile } from './dev-file.ts';
import type { Paint } from './paint.ts';

export interface SummaryFacts {
  readonly dev: DevFile;
  readonly dataDir: string;
  readonly payableUrl: string;
  readonly paymentLinkUrl: string;
  readonly readyMs: number;
}

const TEST_CARDS = [
  ['4242 4242 4242 4242', 'approved'],
  ['4000 0566 5566 5556', 'approved, a debit card'],
  ['4000 0000 0000 0002', 'declined'],
  ['4000 0000 0000 9995', 'insufficient funds'],
  ['4012 8888 8888 1881', 'approved, but the answer gets lost'],
] as const;

/** Played by programs here; their books can be read. */
const processorLines = (
  { processors = {} }: DevFile,
  line: (label: string, value: string) => string,
): readonly string[] =>
  Object.entries(processors).map(([name, url]) => line(`Plays ${name}`, `${url}/control/journal`));

const labelWidth = 17;

export function summary(facts: SummaryFacts, paint: Paint): string {
  const { dev, dataDir, payableUrl, paymentLinkUrl, readyMs } = facts;
  const line = (label: string, value: string): string => `  ${paint.dim(label.padEnd(labelWidth))}${value}`;
  const folder = relative(process.cwd(), dataDir);
  const shown = folder === '' || folder.startsWith('..') ? dataDir : folder;
  return [
    '',
    `  ${paint.good('●')} ${paint.bold('Ozura is running')} ${paint.dim(`· test mode · ready in ${(readyMs / 1000).toFixed(2)} s`)}`,
    '',
    line('Pay here', paint.link(payableUrl)),
    line('Payment link', paint.link(paymentLinkUrl)),
    line('Demo store', paint.link(dev.storeUrl)),
    line('Sandbox', paint.link(`${dev.checkoutUrl}/sandbox`)),
    '',
    line('Checkout', dev.checkoutUrl),
    line('Vault', dev.vaultUrl),
    line('Pay', dev.payUrl),
    line('Card fields', dev.elementsUrl),
    '',
    line('Merchant', dev.merchantId),
    line('X-OZURA-API-KEY', dev.merchantKey),
    line('X-API-KEY', dev.vaultKey),
    line('Pub key', dev.pubKey),
    ...(dev.database === undefined ? [] : [line('Databases', `PostgreSQL at ${dev.database}`)]),
    ...processorLines(dev, line),
    '',
    `  ${paint.bold('Test cards')} ${paint.dim('· any date in the future, any security code')}`,
    ...TEST_CARDS.map(([number, outcome]) => `  ${number}  ${paint.dim(outcome)}`),
    '',
    `  ${paint.dim(`Keys and addresses for programs: ${shown}/dev.json · logs: ${shown}/log`)}`,
    `  ${paint.dim('Stop with Ctrl-C')}`,
    '',
  ].join('\n');
}
