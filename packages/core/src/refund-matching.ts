// Whether money was given back, by what a processor's list says of the sale (contract 12.3, class 3): such a list has no
// references of ours, only how much went back in all.

export interface GivenBack {
  /** Of the sale in all, by the list. */
  readonly listedMinor: bigint;
  /** By refunds that are known to have happened, so long ago that the list must have them. */
  readonly provenMinor: bigint;
  /** Of each other refund of the sale that the list may have. */
  readonly othersMinor: readonly bigint[];
}

/** `open`: the list can be explained with it and without it, or not at all. */
export type Finding = 'given' | 'absent' | 'open';

/** More that are open at a time nobody can tell apart by their amounts. */
const othersMax = 12;

/** A refund is there when what the list has beyond the proven ones cannot be explained without it, and only then. */
export function findGivenBack(amountMinor: bigint, { listedMinor, provenMinor, othersMinor }: GivenBack): Finding {
  if (othersMinor.length > othersMax) return 'open';
  const unexplained = listedMinor - provenMinor;
  const sums = sumsOf(othersMinor);
  const [withIt, withoutIt] = [sums.has(unexplained - amountMinor), sums.has(unexplained)];
  if (withIt === withoutIt) return 'open';
  return withIt ? 'given' : 'absent';
}

/** Of every choice of them, none included. */
function sumsOf(amounts: readonly bigint[]): ReadonlySet<bigint> {
  let sums = new Set<bigint>([0n]);
  for (const amount of amounts) sums = new Set([...sums, ...[...sums].map((sum) => sum + amount)]);
  return sums;
}
