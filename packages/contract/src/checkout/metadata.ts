// The merchant's own data on a session (contract 1.1.3): any JSON, within bounds, without names that are ours.
import { showsCardNumber } from '@ozura/core/card/number-in-text';
import { cardNumberIn, noCardNumber } from '@ozura/core/cardless';
import { accepting, type Intake, isObject, type Reader } from '@ozura/core/validation';

const bytesMax = 10_240;
const levelsMax = 8;
const nameMax = 128;

/** The five documented ones, and two more of ours. A dropped value is never logged. */
const RESERVED = new Set([
  'apiKey',
  'ozuraApiKey',
  'idempotencyKey',
  'merchantName',
  'waxKey',
  'sessionKey',
  'paymentLinkId',
]);
const isReserved = (name: string): boolean => RESERVED.has(name);

export type Metadata = Readonly<Record<string, unknown>>;

const readMetadata: Reader<Metadata> = (value, path, intake) => {
  if (!isObject(value)) return intake.fail(path, 'must be an object');
  const own = withoutReserved(value, path, intake);
  // Its depth first: writing down what is too deep would call itself once for every level.
  const problem = shapeProblem(own, 1) ?? (isTooLong(own) ? `must be at most ${bytesMax} bytes` : undefined);
  if (problem !== undefined) return intake.fail(path, problem);
  const misplaced = cardNumberIn(own, path, showsCardNumber);
  return misplaced === undefined ? own : intake.fail(misplaced, noCardNumber);
};

export const metadata = accepting(readMetadata, {
  schema: {
    type: 'object',
    additionalProperties: true,
    description: `must be at most ${bytesMax} bytes and ${levelsMax} levels deep, names of 1-${nameMax} characters`,
  },
});

function withoutReserved(value: Record<string, unknown>, path: string, intake: Intake): Record<string, unknown> {
  if (!Object.keys(value).some(isReserved)) return value;
  for (const name of RESERVED) if (Object.hasOwn(value, name)) intake.warn(`${path}.${name}`, 'reserved name ignored');
  return Object.fromEntries(Object.entries(value).filter(([name]) => !isReserved(name)));
}

function isTooLong(own: object): boolean {
  const written = JSON.stringify(own);
  // In UTF-8 a character takes three bytes at most; counting them is for the few that come near the limit.
  return written.length * 3 > bytesMax && new TextEncoder().encode(written).length > bytesMax;
}

function shapeProblem(value: unknown, level: number): string | undefined {
  // 1e400 is JSON, and would come back as null.
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'numbers must be finite';
  if (typeof value !== 'object' || value === null) return undefined;
  if (level > levelsMax) return `must be at most ${levelsMax} levels deep`;
  for (const name of Object.keys(value)) {
    if (!Array.isArray(value) && (name === '' || name.length > nameMax)) return `names must be 1-${nameMax} characters`;
    const problem = shapeProblem((value as Metadata)[name], level + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
