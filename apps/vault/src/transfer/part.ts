// One part of an export: what it says, and how it reads again. The clear text of a part is card data.
import { holdsCardNumber } from '@ozura/core/card/number-in-text';
import { isObject } from '@ozura/core/validation';

const FORMAT = 'ozura-tokens-1';

export interface Part {
  readonly exportId: string;
  readonly part: number;
  readonly last: boolean;
  readonly tokens: readonly TransferredToken[];
}

/** What a token is, without what the receiver works out by himself. */
export interface TransferredToken {
  readonly token: string;
  readonly merchantId: string;
  /** As `POST /tokenize` takes them, without a security code. */
  readonly type: 'card' | 'bank';
  readonly values: Readonly<Record<string, string>>;
  readonly sessionId: string | null;
  readonly orderId: string | null;
  readonly customerId: string | null;
  readonly cartId: string | null;
  /** Milliseconds. */
  readonly createdAt: number;
  readonly purgeAt: number | null;
}

export const partText = (part: Part): string => JSON.stringify({ format: FORMAT, ...part });

/** `undefined` for anything else than a part. */
export function readPart(text: string): Part | undefined {
  const read: unknown = parsed(text);
  if (!isObject(read) || read.format !== FORMAT) return undefined;
  const { exportId, part, last, tokens } = read;
  if (typeof exportId !== 'string' || !Number.isSafeInteger(part) || typeof last !== 'boolean') return undefined;
  if (!Array.isArray(tokens) || !tokens.every(isToken)) return undefined;
  return { exportId, part: part as number, last, tokens };
}

function isToken(value: unknown): value is TransferredToken {
  if (!isObject(value)) return false;
  const { token, merchantId, type, values, createdAt, purgeAt } = value;
  return (
    typeof token === 'string' &&
    /^tok_[0-9A-Za-z]{30}$/.test(token) &&
    typeof merchantId === 'string' &&
    /^[A-Za-z0-9_-]{1,30}$/.test(merchantId) &&
    (type === 'card' || type === 'bank') &&
    isObject(values) &&
    Object.values(values).every((member) => typeof member === 'string') &&
    CORRELATION.every((name) => value[name] === null || isPlain(value[name])) &&
    Number.isSafeInteger(createdAt) &&
    (purgeAt === null || Number.isSafeInteger(purgeAt))
  );
}

/** It is kept in clear. */
const isPlain = (value: unknown): boolean => typeof value === 'string' && !holdsCardNumber(value);

const CORRELATION = ['sessionId', 'orderId', 'customerId', 'cartId'] as const;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
