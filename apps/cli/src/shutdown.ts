// The end of a program: the first Ctrl-C lets running requests finish, the second one does not wait.

/** What a stop may take beyond its drain. A longer one is cut off: what was committed is on disk, and the rest recovers. */
const stopMaxMs = 1_800;
/** npm passes a Ctrl-C on to a program that the terminal has told already: the same one, not a second one. */
const repeatMs = 400;
const interrupted = 130;

export function stopOnSignal(stop: () => Promise<void>, drainMs = 0): void {
  let askedAt: number | undefined;
  const onSignal = (): void => {
    if (askedAt !== undefined) {
      if (performance.now() - askedAt > repeatMs) process.exit(interrupted);
      return;
    }
    askedAt = performance.now();
    setTimeout(() => process.exit(0), drainMs + stopMaxMs);
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}
