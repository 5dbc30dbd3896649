// Address and security code checks after an approval (contract 8.9). Each merchant says what to do about each result;
// a rejected one is undone and answered 402.

export type CheckRefusal = 'INVALID_CVV' | 'AVS_MISMATCH';

/** `flag`: accepted, and told in the log. */
export type CheckAction = 'accept' | 'flag' | 'reject';

/** Rows of the address table: both match, the postal code, the street, neither, nobody checked. */
const AVS_ROWS = ['full', 'postal', 'street', 'none', 'unavailable'] as const;
/** Rows of the security code table. */
const CVV_ROWS = ['match', 'unavailable', 'mismatch'] as const;

type AvsRow = (typeof AVS_ROWS)[number];
type CvvRow = (typeof CVV_ROWS)[number];
type Table<Row extends string> = Readonly<Record<Row, CheckAction>>;

/**
 * Both as a merchant's settings have them: the name of a table, and after it rows that are other than there, such as
 * `standard`, `must-match` or `standard,street=accept`. `off` accepts everything.
 */
export interface ChecksPolicy {
  readonly avsPolicy: string;
  readonly cvvPolicy: string;
}

export const standardChecks: ChecksPolicy = { avsPolicy: 'standard', cvvPolicy: 'standard' };

const AVS_TABLES: Readonly<Record<string, Table<AvsRow>>> = {
  standard: { full: 'accept', postal: 'accept', street: 'reject', none: 'reject', unavailable: 'flag' },
  'must-match': { full: 'accept', postal: 'accept', street: 'reject', none: 'reject', unavailable: 'reject' },
  off: { full: 'accept', postal: 'accept', street: 'accept', none: 'accept', unavailable: 'accept' },
};

const CVV_TABLES: Readonly<Record<string, Table<CvvRow>>> = {
  standard: { match: 'accept', unavailable: 'flag', mismatch: 'reject' },
  'must-match': { match: 'accept', unavailable: 'reject', mismatch: 'reject' },
  off: { match: 'accept', unavailable: 'accept', mismatch: 'accept' },
};

export const checkPolicyReason = 'must be standard, must-match or off, and after it rows such as unavailable=reject';

/** The table that a setting names; `undefined` when it names none. */
function readTable<Row extends string>(
  setting: string,
  tables: Readonly<Record<string, Table<Row>>>,
  rows: readonly Row[],
): Table<Row> | undefined {
  const [name = '', ...changes] = setting.split(',').map((part) => part.trim());
  const named = Object.hasOwn(tables, name) ? tables[name] : undefined;
  if (named === undefined) return undefined;
  const table: Record<Row, CheckAction> = { ...named };
  for (const change of changes) {
    const [, row, action] = /^(\w+)=(accept|flag|reject)$/.exec(change) ?? [];
    const known = rows.find((candidate) => candidate === row);
    if (known === undefined) return undefined;
    table[known] = action as CheckAction;
  }
  return table;
}

export const isAvsPolicy = (setting: string): boolean => readTable(setting, AVS_TABLES, AVS_ROWS) !== undefined;
export const isCvvPolicy = (setting: string): boolean => readTable(setting, CVV_TABLES, CVV_ROWS) !== undefined;

/** Letters outside the tables say that nothing was checked. */
function avsRow(result: string): AvsRow {
  if (/^[YXDMF]$/.test(result)) return 'full';
  if (/^[ZWP]$/.test(result)) return 'postal';
  if (result === 'A') return 'street';
  return result === 'N' ? 'none' : 'unavailable';
}

function cvvRow(result: string): CvvRow {
  if (result === 'M') return 'match';
  return result === 'N' || result === 'S' ? 'mismatch' : 'unavailable';
}

export interface ChecksVerdict {
  readonly refusal?: CheckRefusal;
  /** Accepted all the same, such as `avsUnavailable`. */
  readonly flags: readonly string[];
}

/** When both fail the security code is named. */
export function judgeChecks(
  { avsResult, cvvResult }: { readonly avsResult: string; readonly cvvResult: string },
  { avsPolicy, cvvPolicy }: ChecksPolicy,
): ChecksVerdict {
  const [avs, cvv] = [avsRow(avsResult), cvvRow(cvvResult)];
  // A setting is checked when it is made. One that cannot be read all the same must not let everything pass.
  const avsAction = (readTable(avsPolicy, AVS_TABLES, AVS_ROWS) ?? AVS_TABLES.standard)?.[avs];
  const cvvAction = (readTable(cvvPolicy, CVV_TABLES, CVV_ROWS) ?? CVV_TABLES.standard)?.[cvv];
  const flags = [
    ...(avsAction === 'flag' ? [`avs${capitalised(avs)}`] : []),
    ...(cvvAction === 'flag' ? [`cvv${capitalised(cvv)}`] : []),
  ];
  if (cvvAction === 'reject') return { refusal: 'INVALID_CVV', flags };
  return avsAction === 'reject' ? { refusal: 'AVS_MISMATCH', flags } : { flags };
}

const capitalised = (row: string): string => row.charAt(0).toUpperCase() + row.slice(1);
