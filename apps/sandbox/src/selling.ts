// Books sales. Those that come together share a transaction: what they wait for is its way to the disk.
import { type RandomBytes, randomText } from '@ozura/core/ids';
import { type Answer, type Booking, decide } from '@ozura/core/sandbox-decision';
import type { Step } from '@ozura/core/sandbox-step';
import { type Handle, together } from '@ozura/kit/db/handle';
import type { SandboxContext } from './context.ts';
import { classOf, type ProgrammedCall, takeStep } from './program-step.ts';
import { returnCodeOf, type SaleRequest, stepOfCard, stepOfPayment } from './sale-request.ts';
import { settlesAt } from './settlement.ts';
import { type Entry, entriesByReference, insertEntry, takeEntryNumbers } from './store/journal.ts';
import { type Program, programsOf } from './store/programs.ts';
import { transactionIdOf } from './transaction-id.ts';

interface Sold {
  readonly answer: Answer;
  /** On the disk. Absent: nothing was booked. */
  readonly entry?: Entry;
}

interface Waiting {
  readonly sale: SaleRequest;
  readonly resolve: (sold: Sold) => void;
  readonly reject: (error: unknown) => void;
}

/** In one transaction. */
const salesMax = 64;

export function openSelling({ db, random }: SandboxContext): (sale: SaleRequest) => Promise<Sold> {
  const waiting: Waiting[] = [];
  let isSelling = false;
  const sellWaiting = async (): Promise<void> => {
    while (waiting.length > 0) {
      // One turn of the event loop fills a transaction that nobody was before.
      await new Promise(setImmediate);
      const group = waiting.splice(0, salesMax);
      try {
        const sold = await db.transact((tx) => openBook(tx, random).sellAll(group.map(({ sale }) => sale)));
        for (const [at, { resolve }] of group.entries()) resolve(sold[at] as Sold);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    isSelling = false;
  };
  return (sale) =>
    new Promise((resolve, reject) => {
      waiting.push({ sale, resolve, reject });
      if (isSelling) return;
      isSelling = true;
      void sellWaiting();
    });
}

interface Numbered {
  readonly number: number;
  readonly entry: Entry;
}

function openBook(tx: Handle, random: RandomBytes) {
  let booked: Numbered[] = [];
  const write = async (): Promise<void> => {
    const entries = booked;
    booked = [];
    await together(...entries.map(({ number, entry }) => insertEntry(tx, number, entry)));
  };

  const sell = async (number: number, sale: SaleRequest, programs: readonly Program[]): Promise<Sold> => {
    // Where it plays a processor that is safe to repeat, one reference is one sale.
    const [known] = classOf(programs) === 1 ? await entriesByReference(tx, sale.reference) : [];
    if (known !== undefined) return { answer: { kind: 'outcome' }, entry: known };
    const taken = await takeStep(tx, programs, callOf(sale));
    const step: Step = stepOfPayment(sale) ?? taken.step ?? stepOfCard(sale);
    const { amount: amountMinor, currency, initiator } = sale;
    const { booking, answer } = decide({ amountMinor, currency, initiator, cvc: sale.card?.cvc ?? '' }, step);
    if (booking === undefined) return { answer };
    const nowMs = await tx.now();
    const entry: Entry = {
      ...entryOf(sale, booking, nowMs),
      ...(booking.status === 'approved' ? codes(random) : {}),
      transactionId: transactionIdOf(number),
      visibleAtMs: nowMs + taken.inquiryLagMs,
    };
    booked.push({ number, entry });
    return { answer, entry };
  };

  const sellAll = async (sales: readonly SaleRequest[]): Promise<readonly Sold[]> => {
    const merchants = [...new Set(sales.map(({ merchant }) => merchant))];
    // The numbers first: from there on nobody else books or takes a step.
    const [first, ...all] = await together<[number, ...Program[][]]>(
      takeEntryNumbers(tx, sales.length),
      ...merchants.map((merchant) => programsOf(tx, merchant)),
    );
    const isProgrammed = new Set(merchants.filter((_merchant, at) => (all[at] ?? []).length > 0));
    const sold: Sold[] = [];
    for (const [at, sale] of sales.entries()) {
      let programs: readonly Program[] = [];
      if (isProgrammed.has(sale.merchant)) {
        // What the sales before it have booked, and the steps that they have taken, count.
        await write();
        programs = await programsOf(tx, sale.merchant);
      }
      sold.push(await sell(first + at, sale, programs));
    }
    await write();
    return sold;
  };
  return { sellAll };
}

const callOf = ({ merchant, amount, currency, orderId, card, bank }: SaleRequest): ProgrammedCall => ({
  operation: 'sale',
  merchant,
  amountMinor: amount,
  currency,
  lastFour: (card?.number ?? bank?.accountNumber)?.slice(-4),
  orderId,
});

function entryOf(sale: SaleRequest, booking: Booking, nowMs: number): Omit<Entry, 'transactionId' | 'visibleAtMs'> {
  const { reference, merchant, orderId, card, bank } = sale;
  const { settled, ...booked } = booking;
  const method = card === undefined ? 'bank' : 'card';
  const returnCode = returnCodeOf(sale);
  return {
    kind: 'sale',
    ...booked,
    reference,
    merchant,
    method,
    bin: card?.number.slice(0, 6) ?? bank?.routingNumber ?? '',
    lastFour: (card?.number ?? bank?.accountNumber ?? '').slice(-4),
    ...(orderId === undefined ? {} : { orderId }),
    ...(returnCode === undefined ? {} : { returnCode }),
    settlesAtMs: settled ? nowMs : settlesAt(method, nowMs),
  };
}

const codes = (random: RandomBytes) => ({
  authCode: randomText(random, 6, '0123456789'),
  networkReference: randomText(random, 15, '0123456789'),
});
