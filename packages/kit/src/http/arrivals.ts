// Requests that arrive together go through the program step by step together: code and rows that one has just used are
// still in the processor's caches for the next, and what they write in one step shares a commit.

let arrived: Promise<void> | undefined;

/** Resolves for all at once when whatever came in this turn of the event loop has been read. */
export function allArrived(): Promise<void> {
  arrived ??= new Promise((resolve) => {
    setImmediate(() => {
      arrived = undefined;
      resolve();
    });
  });
  return arrived;
}
