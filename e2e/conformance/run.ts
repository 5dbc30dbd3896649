// Runs the conformance list against every processor and makes its table.
import { meaningOf } from '@ozura/core/attempt-decline';
import { newReference } from '@ozura/core/ids';
import { Secret } from '@ozura/core/secret';
import { openContext } from '@ozura/kit/context';
import { openLog } from '@ozura/kit/log';
import { CONFORMANCE } from '@ozura/pay/processors/conformance';
import type { Act, ConformanceCase, Expected } from '@ozura/pay/processors/conformance-case';
import type { Access, Referred, SaleInput, Translation } from '@ozura/pay/processors/port';
import { type Bench, openBench } from './bench.ts';
import type { Entry, Operation, Played } from './played.ts';

/** `not offered`: the processor, or the program that plays it, has no such thing. */
export type Verdict = 'passed' | 'not offered' | { readonly failed: string };

export interface Row {
  readonly name: string;
  readonly verdicts: readonly Verdict[];
}

export interface Conformance {
  readonly processors: readonly string[];
  readonly rows: readonly Row[];
}

export async function runConformance(): Promise<Conformance> {
  const bench = await openBench();
  try {
    const columns = await Promise.all(bench.played.map((played) => runColumn(bench, played)));
    return {
      processors: bench.played.map(({ processor }) => processor.name),
      rows: CONFORMANCE.map(({ name }, at) => ({
        name,
        verdicts: columns.map((column) => column[at] ?? 'not offered'),
      })),
    };
  } finally {
    await bench.stop();
  }
}

async function runColumn(bench: Bench, played: Played): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const one of CONFORMANCE) verdicts.push(await new Trial(bench, played).run(one));
  return verdicts;
}

class NotOffered extends Error {}

const context = openContext(openLog({ program: 'conformance', level: 'silent' }));
const OPERATIONS: Readonly<Record<string, Operation>> = {
  sale: 'sale',
  refund: 'refund',
  void: 'void',
  undo: 'void',
  inquire: 'inquiry',
};

type Outcome = Readonly<Record<string, unknown>>;

/** One case at one processor. */
class Trial {
  readonly #bench: Bench;
  readonly #played: Played;
  #sale: SaleInput | undefined;
  #saleOutcome: Outcome = {};
  #refund: Referred | undefined;

  constructor(bench: Bench, played: Played) {
    this.#bench = bench;
    this.#played = played;
  }

  async run({ acts, booked }: ConformanceCase): Promise<Verdict> {
    const before = (await this.#played.journal()).length;
    try {
      for (const [at, act] of acts.entries()) await this.#act(act, `call ${at + 1}, ${act.call}`);
      const entries = (await this.#played.journal()).slice(before);
      const count = (kind: string): number =>
        entries.filter((entry) => entry.kind === kind && (entry.status === 'approved' || entry.status === 'voided'))
          .length;
      const found = { sales: count('sale'), refunds: count('refund'), voids: count('void') };
      expectThat({ refunds: 0, voids: 0, ...booked }, found, 'the books');
      return 'passed';
    } catch (error) {
      if (error instanceof NotOffered) return 'not offered';
      return { failed: error instanceof Mismatch ? error.message : String((error as Error).stack) };
    } finally {
      await this.#played.clear();
    }
  }

  async #act(act: Act, where: string): Promise<void> {
    if (act.call === 'settle') return this.#played.settle();
    if (act.call === 'list') return this.#list(act.expect, where);
    if (act.call === 'check') return this.#check(act, where);
    if (act.step !== undefined && !(await this.#played.plan(OPERATIONS[act.call] ?? 'sale', act.step))) {
      throw new NotOffered();
    }
    const outcome = await this.#outcomeOf(act);
    if (act.step !== undefined) await this.#played.clear();
    expectThat(act.expect, outcome, where);
    if (act.call === 'sale' || act.call === 'refund') await this.#checkBooks(act.call, outcome, where);
  }

  async #outcomeOf(act: Exclude<Act, { call: 'settle' | 'list' | 'check' }>): Promise<Outcome> {
    const { processor } = this.#played;
    switch (act.call) {
      case 'sale':
        return this.#sell(act);
      case 'refund': {
        const sale = this.#known();
        this.#refund = { ...referredOf(sale), reference: reference(), amountMinor: act.amountMinor };
        const { processorTransactionId: saleTransactionId = '' } = sale;
        this.#refund = { ...this.#refund, saleTransactionId };
        const { processorLink: saleLink } = sale;
        const link = saleLink === undefined ? {} : { saleLink };
        const about = { ...this.#refund, saleReference: sale.reference, saleTransactionId, ...link };
        return this.#call(processor.refund, about);
      }
      case 'void':
        return this.#call(processor.void, { ...this.#known(), voidReference: reference() });
      case 'undo':
        return this.#call(processor.void, referredOf(this.#known()));
      case 'inquire':
        return this.#call(processor.inquire, act.of === 'refund' && this.#refund ? this.#refund : this.#known());
    }
  }

  async #sell(act: Extract<Act, { call: 'sale' }>): Promise<Outcome> {
    const { card = '4242424242424242', change = {}, follows, credentials } = act;
    if (credentials === 'wrong' && Object.keys(this.#played.credentials).length === 0) throw new NotOffered();
    const { networkReference } = this.#saleOutcome;
    this.#sale = {
      ...usual(card),
      ...change,
      account: this.#played.account,
      ...(follows && typeof networkReference === 'string' ? { networkReference } : {}),
    };
    this.#saleOutcome = readable(
      await this.#bench.sell(this.#played, { card, input: this.#sale, access: this.#access(credentials) }),
    );
    return this.#saleOutcome;
  }

  async #call<Input>(translate: Translation<Input, unknown>, input: Input): Promise<Outcome> {
    return readable(await this.#bench.call(translate, input, this.#access()));
  }

  async #check({ credentials, expect }: Extract<Act, { call: 'check' }>, where: string): Promise<void> {
    const { account, processor } = this.#played;
    if (processor.check === undefined) throw new NotOffered();
    const checked = await this.#bench.call(processor.check, { account }, this.#access(credentials));
    expectThat(expect, readable(checked), where);
  }

  async #list(expected: 'the sale' | 'no sale', where: string): Promise<void> {
    const { account, processor } = this.#played;
    const day = new Date(context.now()).toISOString().slice(0, 10);
    const listing = await this.#bench.call(processor.list, { account, day }, this.#access());
    const { kind, sales = [] } = listing as {
      kind: string;
      sales?: { reference?: string; processorTransactionId: string }[];
    };
    if (kind === 'unsupported') return;
    const { reference: own, processorTransactionId } = this.#known();
    const isListed = sales.some(
      (sale) => sale.reference === own || sale.processorTransactionId === processorTransactionId,
    );
    expectThat({ kind: 'listed', isListed: expected === 'the sale' }, { kind, isListed }, where);
  }

  /** What the adapter calls approved the processor has booked, over the same amount. */
  async #checkBooks(call: 'sale' | 'refund', outcome: Outcome, where: string): Promise<void> {
    if (outcome.kind !== 'approved') return;
    const booked = call === 'sale' ? this.#sale : this.#refund;
    const id = outcome.processorTransactionId;
    const entry: Partial<Entry> =
      (await this.#played.journal()).find(({ transactionId }) => transactionId === id) ?? {};
    const { amountMinor, currency, status } = entry;
    const expected = { amountMinor: Number(booked?.amountMinor), currency: booked?.currency, status: 'approved' };
    expectThat(expected, { amountMinor, currency, status }, `${where}, in the books`);
  }

  /** The sale, by the processor's own id where an answer has told it. */
  #known(): SaleInput {
    if (this.#sale === undefined) throw new Error('a case without a sale');
    const { processorTransactionId: id, processorLink: link } = this.#saleOutcome;
    return {
      ...this.#sale,
      ...(typeof id === 'string' ? { processorTransactionId: id } : {}),
      ...(typeof link === 'string' ? { processorLink: link } : {}),
    };
  }

  #access(credentials?: 'wrong'): Access {
    const change = credentials === 'wrong' ? (text: string): string => `${text.slice(0, -1)}x` : (text: string) => text;
    const opened = Object.entries(this.#played.credentials).map(
      ([name, text]) => [name, new Secret(change(text))] as const,
    );
    return { credentials: Object.fromEntries(opened), nowMs: context.now() };
  }
}

const reference = (): string => newReference(context.now(), context.random);
const referredOf = ({ reference: own, account, amountMinor, currency }: Referred): Referred => ({
  reference: own,
  account,
  amountMinor,
  currency,
});

const usual = (card: string): SaleInput => ({
  reference: reference(),
  account: '',
  amountMinor: 1_840n,
  currency: 'USD',
  bin: card.slice(0, 6),
  lastFour: card.slice(-4),
  billing: {
    firstName: 'Ines',
    lastName: 'Duarte',
    email: 'ines@bluekettle.test',
    phone: '+14155550134',
    address: { line1: '1 Main Street', city: 'Springfield', state: 'IL', zip: '62701', country: 'US' },
  },
  channel: 'ecommerce',
  hasSecurityCode: true,
  initiator: 'customer',
  taxMinor: 0n,
  surchargeMinor: 0n,
  descriptor: 'BLUE KETTLE',
  clientIpAddress: '198.51.100.7',
});

/** With what a decline means, and members of members by their paths. */
function readable(done: unknown): Outcome {
  const outcome = done as Outcome;
  const { declineCode, outcome: inner } = outcome;
  return {
    ...outcome,
    ...(typeof declineCode === 'string'
      ? { errorCode: meaningOf(declineCode).errorCode, advice: meaningOf(declineCode).advice }
      : {}),
    ...Object.fromEntries(Object.entries((inner ?? {}) as Outcome).map(([name, value]) => [`outcome.${name}`, value])),
  };
}

class Mismatch extends Error {}

function expectThat(expected: Expected, found: Outcome, where: string): void {
  const choices = Array.isArray(expected) ? expected : [expected];
  if (choices.some((choice) => fits(choice, found))) return;
  throw new Mismatch(`${where}: ${shown(found)} in place of ${choices.map(shown).join(' or ')}`);
}

const fits = (expected: Outcome, found: Outcome): boolean =>
  Object.entries(expected).every(([name, value]) =>
    value instanceof RegExp ? typeof found[name] === 'string' && value.test(found[name]) : found[name] === value,
  );

const shown = (value: Outcome): string =>
  JSON.stringify(value, (_name, member: unknown) =>
    member instanceof RegExp ? String(member) : typeof member === 'bigint' ? Number(member) : member,
  );
