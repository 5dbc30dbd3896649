// Which faults come in which order: every kind once, then again at random while there is time. A seed fixes all of it.
import { type Chance, openChance } from '../simulation/world.ts';

/** Seconds that a fault lasts, from and to; `0`: it ends by itself. */
export type Holding = readonly [fromSeconds: number, toSeconds: number];

export interface Planned<Kind extends string> {
  readonly kind: Kind;
  readonly holdMs: number;
  /** For whatever else is left to chance in it. */
  readonly seed: number;
}

/** Endless. */
export function* planFaults<Kind extends string>(
  kinds: Readonly<Record<Kind, Holding>>,
  seed: number,
): Generator<Planned<Kind>, never> {
  const chance = openChance(seed);
  const names = Object.keys(kinds) as Kind[];
  const plan = (kind: Kind): Planned<Kind> => {
    const [from, to] = kinds[kind];
    return { kind, holdMs: chance.between(from * 1_000, to * 1_000), seed: chance.between(1, 2 ** 31) };
  };
  for (const kind of shuffled(names, chance)) yield plan(kind);
  for (;;) yield plan(chance.pick(names));
}

function shuffled<T>(items: readonly T[], chance: Chance): T[] {
  const left = [...items];
  return items.map(() => left.splice(chance.between(0, left.length - 1), 1)[0] as T);
}
