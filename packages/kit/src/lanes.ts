// A list of work done by a few at a time. Whoever fails does not keep the others waiting.

export async function inLanes<Item>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item) => Promise<unknown>,
  /** Once it is aborted nothing is begun any more. */
  stopping?: AbortSignal,
): Promise<void> {
  const waiting = [...items];
  const runLane = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined && !stopping?.aborted; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, runLane));
}
