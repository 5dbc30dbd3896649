// `ozura program`: tells the sandbox processor of a development installation what to do with the next calls of its
// merchant, and reads what it has booked (contract 14.6).
import type { OutputOf } from '@ozura/contract/endpoint';
import {
  createSandboxProgram,
  deleteSandboxPrograms,
  getSandboxJournal,
  listSandboxPrograms,
  settleSandbox,
} from '@ozura/contract/pay/sandbox-programs';
import { CannotStart } from './cannot-start.ts';
import { type Development, inDevelopment } from './development.ts';
import { asksForHelp, readWords, type Words } from './words.ts';

const usage = `Usage:
  ozura program set STEP…    the next calls take these steps, the last of them repeats
    --card 4242              only calls with a card that ends so
    --order ID               only of this order
    --amount 18.40           only of this amount
    --operation sale         only sales; or refund, void
    --lag SECONDS            inquiries do not find a booking before
    --class 1|2|3            what it plays: safe to repeat, can be asked by reference, neither
  ozura program list         what it was told, the newest first
  ozura program clear        forgets all of it
  ozura program journal      what it has booked
  ozura program settle       settles all of that now

Steps, such as approve, decline:lost_card or timeout_after_accept: docs/sandbox.md. Test mode only.`;

const OPTIONS = ['card', 'order', 'amount', 'operation', 'lag', 'class'];

type Program = OutputOf<typeof createSandboxProgram>['data'];
type Booking = OutputOf<typeof getSandboxJournal>['data'][number];

export async function programSandbox(args: readonly string[]): Promise<void> {
  if (args.length === 0 || asksForHelp(args)) return console.log(usage);
  const words = readWords(args, { positions: [], options: OPTIONS, more: true }, usage);
  const [what = '', ...steps] = words.positions;
  if (what === 'set' && steps.length > 0) return inDevelopment((development) => set(development, words, steps));
  const ask = ASK[what];
  if (ask === undefined || steps.length > 0) throw new CannotStart(usage);
  return inDevelopment(ask);
}

async function set(
  { dev: { merchantId }, callPay }: Development,
  words: Words,
  steps: readonly string[],
): Promise<void> {
  const match = {
    cardLastFour: words.text('card'),
    orderId: words.text('order'),
    amount: words.text('amount'),
    operation: words.text('operation'),
  };
  const numbers = { inquiryLagSeconds: numberOf(words.text('lag')), processorClass: numberOf(words.text('class')) };
  // What was not given is left out of the JSON.
  const { data } = await callPay(createSandboxProgram, { body: { merchantId, match, steps, ...numbers } });
  console.log(lineOf(data));
}

/** Pay says what is wrong with a text that is no number. */
const numberOf = (text: string | undefined): number | string | undefined =>
  text !== undefined && /^[0-9]+$/.test(text) ? Number(text) : text;

const ASK: Readonly<Record<string, (development: Development) => Promise<void>>> = {
  async list({ callPay }) {
    const { data } = await callPay(listSandboxPrograms);
    console.log(data.length === 0 ? 'no programs: each card does what its number says' : data.map(lineOf).join('\n'));
  },
  async clear({ callPay }) {
    const { data } = await callPay(deleteSandboxPrograms);
    console.log(`${data.deleted} forgotten`);
  },
  async journal({ callPay }) {
    const { data } = await callPay(getSandboxJournal);
    console.log(data.length === 0 ? 'nothing is booked' : data.map(entryLine).join('\n'));
  },
  async settle({ callPay }) {
    await callPay(settleSandbox);
    console.log('settled');
  },
};

function lineOf({ programId, match, steps, stepsTaken, inquiryLagSeconds, processorClass }: Program): string {
  const whom = Object.entries(match).map(([name, value]) => `${name} ${value}`);
  const notes = [
    `${stepsTaken} taken`,
    ...(inquiryLagSeconds === undefined ? [] : [`found after ${inquiryLagSeconds} s`]),
    ...(processorClass === undefined ? [] : [`class ${processorClass}`]),
  ];
  return `${programId}  ${whom.length === 0 ? 'every call' : whom.join(', ')}: ${steps.join(' → ')}  (${notes.join(', ')})`;
}

const entryLine = (entry: Booking): string =>
  [
    entry.bookedAt,
    entry.kind.padEnd(6),
    entry.status.padEnd(9),
    `${entry.amount} ${entry.currency}`.padStart(14),
    entry.transactionId,
    ...(entry.cardLastFour === undefined ? [] : [`•••• ${entry.cardLastFour}`]),
    ...(entry.declineCode === undefined ? [] : [entry.declineCode]),
    ...(entry.voided ? ['voided'] : []),
    ...(entry.settled ? ['settled'] : []),
  ].join('  ');
