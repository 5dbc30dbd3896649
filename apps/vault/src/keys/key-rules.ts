// Which keys there are, how they are named, and when one has had its time (contract 13.1, 13.2). Pure.
import type { WrappedKey } from '../store/keys.ts';

/** Wraps all others, and is wrapped by the root key. */
export const KEK = 'key-encryption';

/** Keys of the installation itself belong to no merchant. */
export const installation = '';

/**
 * `card-data` seals what matters, and is replaced by rotation. The others are wrapped anew and stay what they are: a
 * merchant keeps fingerprints, the audit chain is checked from its beginning, an export may be on its way, and a test
 * code is no secret.
 */
export type Purpose = 'card-data' | 'fingerprint' | 'audit' | 'import' | 'test-code';

/** The chain of records needs these itself: that the first of them was made stands in no record. */
export const UNRECORDED: readonly string[] = [KEK, 'audit' satisfies Purpose];

export const REPLACED: readonly string[] = ['card-data'] satisfies Purpose[];

/** NIST SP 800-38D allows 2^32 random nonces for a key; far below it nobody has to think about chance. */
const usesMax = 2 ** 28;
export const ageMaxMs = 365 * 24 * 60 * 60 * 1000;
/** Counted in the database before they happen, so that counting costs next to nothing. A use seals two values at most. */
export const usesPerBlock = 4_096;
/**
 * How long an old key stays after the last thing that needed it: longer than a process remembers which version is the
 * newest, and than a request takes between reading a value and opening it.
 */
export const keyIdleSecondsDefault = 10;

export const keyIdOf = ({
  purpose,
  merchantId,
  version,
}: Pick<WrappedKey, 'purpose' | 'merchantId' | 'version'>): string => `${purpose}:${merchantId}:${version}`;

export const isReplaced = ({ purpose }: Pick<WrappedKey, 'purpose'>): boolean => REPLACED.includes(purpose);

/** Whether the newest version of a key makes place for a next one. */
export const isWorn = (key: WrappedKey, wrapperId: string, nowMs: number): boolean =>
  isReplaced(key) &&
  (key.wrappedBy !== wrapperId || 2 * (key.uses + usesPerBlock) > usesMax || key.createdAt + ageMaxMs <= nowMs);
