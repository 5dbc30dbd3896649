// Reads the query of `GET /transQuery` (contract 8.5).
import { withoutCardNumber } from '@ozura/core/card/number-in-text';
import { accepting, isObject, oneOf, optional, type Reader, record, text, withDefault } from '@ozura/core/validation';
import { isDay, isoTimeMs } from '../moment.ts';
import { pageFields } from './pagination.ts';
import { TRANSACTION_FIELDS, type TransactionField } from './transaction.ts';

const TRANSACTION_TYPES = [
  'CreditCardSale',
  'CreditCardReversal',
  'CreditCardReturn',
  'CreditCardVoid',
  'AchSale',
  'AchReversal',
  'AchReturn',
  'AchVoid',
  'CryptoSale',
  'CryptoReturn',
  'CryptoWithdrawal',
] as const;

export type TransactionType = (typeof TRANSACTION_TYPES)[number];
export type SortField = 'createdAt' | 'transDate' | 'amount' | 'transactionType';

export interface TransactionQuery {
  readonly merchantId: string | undefined;
  readonly transactionId: string | undefined;
  readonly attemptId: string | undefined;
  readonly orderId: string | undefined;
  readonly fromMs: number | undefined;
  /** The last millisecond that is still inside. */
  readonly toMs: number | undefined;
  readonly type: TransactionType | undefined;
  readonly page: number;
  readonly limit: number;
  readonly fields: readonly TransactionField[] | undefined;
  readonly sortBy: SortField;
  readonly sortOrder: 'asc' | 'desc';
}

const PLAIN = /^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$/;

const A_MOMENT = { schema: { type: 'string', description: 'must be a date such as "2026-03-04 09:30:00"' } } as const;

/** `YYYY-MM-DD HH:MM:SS` in UTC, a plain date, or ISO 8601. */
const readMoment: Reader<number> = (value, path, intake) => {
  const written = typeof value === 'string' ? value.trim() : '';
  const iso = PLAIN.test(written) ? `${written.replace(' ', 'T')}Z` : written;
  const time = isDay(written) ? Date.parse(written) : isoTimeMs(iso);
  return Number.isNaN(time) ? intake.fail(path, 'must be a date such as "2026-03-04 09:30:00"') : time;
};

export const moment = accepting(readMoment, A_MOMENT);

/** Inclusive to the whole second; a date without a time stands for the whole day. */
const lastMoment = accepting<number>((value, path, intake) => {
  const time = moment(value, path, intake);
  if (time === undefined) return undefined;
  const unitMs = String(value).trim().length === 'YYYY-MM-DD'.length ? 86_400_000 : 1_000;
  return time - (time % unitMs) + unitMs - 1;
}, A_MOMENT);

const readNames: Reader<readonly TransactionField[]> = (value, path, intake) => {
  if (typeof value !== 'string') return intake.fail(path, 'must be a string');
  const names = value.split(',').map((name) => name.trim());
  for (const name of names) {
    if (!(TRANSACTION_FIELDS as readonly string[]).includes(name))
      return intake.fail(path, `unknown field ${withoutCardNumber(name)}`);
  }
  return names as TransactionField[];
};

const fieldNames = accepting(readNames, {
  schema: { type: 'string', description: 'names of fields, separated by commas' },
});

const query = record({
  merchantId: optional(text(1, 30)),
  transactionId: optional(text(1, 255)),
  attemptId: optional(text(1, 255)),
  orderId: optional(text(1, 255)),
  dateFrom: optional(moment),
  dateTo: optional(lastMoment),
  transactionType: optional(oneOf(...TRANSACTION_TYPES)),
  ...pageFields,
  fields: optional(fieldNames),
  sortBy: withDefault(oneOf<SortField>('createdAt', 'transDate', 'amount', 'transactionType'), 'createdAt'),
  sortOrder: withDefault(oneOf<'asc' | 'desc'>('desc', 'asc'), 'desc'),
});

/** One transaction is there on every page and in every order: beside its id only the choice of its fields counts. */
function withoutIgnored(sent: unknown): unknown {
  if (!isObject(sent) || sent.transactionId == null) return sent;
  const { merchantId, transactionId, fields } = sent;
  return { merchantId, transactionId, fields };
}

const readQuery: Reader<TransactionQuery> = (value, path, intake) => {
  const read = query(withoutIgnored(value), path, intake);
  if (read === undefined) return undefined;
  const { dateFrom, dateTo, transactionType, ...rest } = read;
  return { ...rest, fromMs: dateFrom, toMs: dateTo, type: transactionType };
};

export const transactionQueryFields = accepting(readQuery, { as: () => query });
