// Millions of rows for measurements: copies of one that the programs have written, each under names and times of its own.
import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { pay, preparePay } from '@ozura/e2e/browserless';
import { saleOf } from '@ozura/e2e/sale';
import { tokenizeCard } from '@ozura/e2e/tokens';
import { creating } from '../sessions.ts';
import { type Copies, copyOnServer, copyToFile, type Expression, type Table } from './copy-rows.ts';
import type { DatabaseOf } from './engines.ts';
import type { Installation } from './installation.ts';

export type Rows = 'sessions' | 'tokens' | 'transactions';

interface Filling {
  readonly database: DatabaseOf;
  readonly tables: readonly Table[];
  /** With indexes, about. */
  readonly bytesPerRow: number;
  /** Writes the row to copy, and answers its key in each table as SQL. */
  write(installation: Installation): Promise<readonly string[]>;
}

const named =
  (prefix: string, digits = 24): Expression =>
  ({ padded }) =>
    `'${prefix}' || ${padded(digits)}`;

const pad = (n: number, digits: number): string => String(n).padStart(digits, '0');
export const filledSessionId = (n: number): string => `session_${pad(n, 30)}`;
/** Of a transaction. */
export const filledReference = (n: number): string => `000101${pad(n, 20)}`;

const yearMs = 366 * 86_400_000;
/** The first copy is a year older than its model, the last one as young as it. */
const overAYear =
  (column: string, olderByMs = 0): Expression =>
  ({ count }) =>
    `of.${column} - ${olderByMs} - CAST((${count} - 1.0 - n) * ${yearMs} / ${count} AS BIGINT)`;

const FILLINGS: Readonly<Record<Rows, Filling>> = {
  sessions: {
    database: 'checkout',
    bytesPerRow: 2_500,
    tables: [{ name: 'sessions', key: 'id', own: { id: named('session_', 30), created_at: overAYear('created_at') } }],
    async write(installation) {
      const { url, ...init } = creating(installation.first, { amount: '18.40' });
      const answer = (await (await fetch(url, init)).json()) as { data: { sessionId: string } };
      const { sessionId } = answer.data;
      const origins = installation.first;
      const paid = await pay(origins, await preparePay(origins, sessionId, '4242424242424242'));
      if (paid.status !== 200) throw new Error(`the payment of a session was answered ${paid.status}`);
      return [quoted(sessionId)];
    },
  },
  tokens: {
    database: 'vault',
    bytesPerRow: 900,
    tables: [
      {
        name: 'tokens',
        key: 'token',
        own: { token: named('tok_'), fingerprint: named('fp_'), created_at: overAYear('created_at') },
      },
    ],
    async write(installation) {
      const { vaultUrl, vaultKey } = installation.first;
      return [quoted((await tokenizeCard(vaultUrl, vaultKey, '4242424242424242')).token)];
    },
  },
  transactions: {
    database: 'pay',
    bytesPerRow: 5_000,
    tables: [
      {
        name: 'charges',
        key: 'charge_id',
        own: {
          charge_id: named('filled_'),
          idempotency_key: named('filled_'),
          cvc_hash: named('filled_'),
          created_at: overAYear('created_at'),
        },
      },
      {
        name: 'attempts',
        key: 'attempt_id',
        own: {
          attempt_id: named('000101', 20),
          charge_id: named('filled_'),
          processor_transaction_id: named('filled_'),
          created_at: overAYear('created_at'),
          // The processor knows nothing of them: on days whose books are compared no more.
          sent_at: overAYear('sent_at', 3 * yearMs),
        },
      },
      {
        name: 'transactions',
        key: 'transaction_id',
        own: {
          transaction_id: named('000101', 20),
          attempt_id: named('000101', 20),
          charge_id: named('filled_'),
          created_at: overAYear('created_at'),
          trans_date: overAYear('trans_date'),
        },
        afterwards: `DELETE FROM transaction_counts;
          INSERT INTO transaction_counts (merchant_id, day, transaction_type, lane, total)
            SELECT merchant_id, created_at / 86400000, transaction_type, 0, count(*) FROM transactions GROUP BY 1, 2, 3`,
      },
    ],
    write: sellOnce,
  },
};

async function sellOnce(installation: Installation): Promise<readonly string[]> {
  const { payUrl, vaultUrl, vaultKey, merchantKey, merchantId } = installation.first;
  const card = await tokenizeCard(vaultUrl, vaultKey, '4242424242424242');
  const answer = await fetch(`${payUrl}/cardSale`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': merchantKey, 'vault-api-key': vaultKey },
    body: JSON.stringify(saleOf(card, { merchantId })),
  });
  if (!answer.ok) throw new Error(`a sale was answered ${answer.status}: ${await answer.text()}`);
  const { transactionId } = ((await answer.json()) as { data: { transactionId: string } }).data;
  return [
    `(SELECT charge_id FROM attempts WHERE attempt_id = '${transactionId}')`,
    quoted(transactionId),
    quoted(transactionId),
  ];
}

const quoted = (id: string): string => `'${id}'`;

/** Throws with a number when the disk is too small for `count` rows of it. */
export function checkRoom(rows: Rows, count: number): void {
  const { bavail, bsize } = statfsSync(tmpdir());
  const [needed, free] = [count * FILLINGS[rows].bytesPerRow, bavail * bsize];
  if (needed <= free) return;
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(0)} GB`;
  throw new Error(`${count} rows of ${rows} take ${gigabytes(needed)}; ${tmpdir()} has ${gigabytes(free)} left`);
}

export async function fill(installation: Installation, rows: Rows, count: number): Promise<void> {
  if (count === 0) return;
  checkRoom(rows, count);
  const { database, tables, write } = FILLINGS[rows];
  const models = await write(installation);
  const { engine } = installation.home;
  const tell = progressOf(`${engine}: ${rows}`, count * tables.length);
  const copies = tables.map((table, i): Copies => ({ table, model: models[i] ?? '', count, tell }));
  const url = installation.databases[database];
  if (engine === 'sqlite') copyToFile(url, copies);
  else await Promise.all(copies.map((one) => copyOnServer(url, one)));
}

const tellEveryMs = 10_000;

function progressOf(what: string, total: number): (rows: number) => void {
  const startedAtMs = performance.now();
  let [done, toldAtMs] = [0, startedAtMs];
  return (rows) => {
    done += rows;
    const nowMs = performance.now();
    if (nowMs - toldAtMs < tellEveryMs && done < total) return;
    toldAtMs = nowMs;
    console.error(`  ${what}: ${done} of ${total} rows after ${Math.round((nowMs - startedAtMs) / 1000)} s`);
  };
}
