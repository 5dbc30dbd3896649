// Questions that come in one turn of the event loop go out as one: where a call costs more than what it asks for.

interface Asking<Answer> {
  readonly abouts: Set<string>;
  readonly answers: Promise<ReadonlyMap<string, Answer>>;
}

/**
 * `ask` is asked once for all of a group, at most `max` of them; what is not among its answers is `undefined`. Whoever
 * asked hears of its failure.
 */
export function askedTogether<Answer>(
  max: number,
  ask: (group: string, abouts: readonly string[]) => Promise<ReadonlyMap<string, Answer>>,
): (group: string, about: string) => Promise<Answer | undefined> {
  const groups = new Map<string, Asking<Answer>>();
  const open = (group: string): Asking<Answer> => {
    const abouts = new Set<string>();
    const answers = new Promise(setImmediate).then(() => {
      if (groups.get(group)?.abouts === abouts) groups.delete(group);
      return ask(group, [...abouts]);
    });
    const asking = { abouts, answers };
    groups.set(group, asking);
    return asking;
  };
  return async (group, about) => {
    const { abouts, answers } = groups.get(group) ?? open(group);
    abouts.add(about);
    if (abouts.size >= max) groups.delete(group);
    return (await answers).get(about);
  };
}
