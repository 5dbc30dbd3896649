// Which of the keys of an installation signs, and which are published (contract 2.4).

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Before a key signs: whoever keeps the published keys for a while has asked for them again by then. */
const publishedBeforeMs = 2 * hourMs;
/** After the next one has taken its place: what it has signed is still looked at. */
const publishedAfterMs = 7 * dayMs;

export interface DatedKey {
  readonly createdAtMs: number;
}

/** `keys`: all that there ever were, the oldest first; that one takes nobody's place, and signs at once. */
export function keysAt<Key extends DatedKey>(
  keys: readonly Key[],
  nowMs: number,
): { readonly signing: Key | undefined; readonly published: readonly Key[] } {
  const takesOverAtMs = ({ createdAtMs }: DatedKey): number => createdAtMs + publishedBeforeMs;
  return {
    signing: keys.findLast((key, at) => at === 0 || nowMs >= takesOverAtMs(key)),
    published: keys.filter((_key, at) => {
      const next = keys[at + 1];
      return next === undefined || nowMs < takesOverAtMs(next) + publishedAfterMs;
    }),
  };
}

/** Whether the newest key is to get a successor. `keptDays` 0: never. */
export const isKeyOld = ({ createdAtMs }: DatedKey, keptDays: number, nowMs: number): boolean =>
  keptDays > 0 && nowMs >= createdAtMs + keptDays * dayMs;
