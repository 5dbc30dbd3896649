// The end of a program: the first Ctrl-C lets running requests finish, the second one does not wait.

/** What a stop may take beyond its drain. A longer one is cut off: what was committed is on disk, and the rest recovers. */
const stopMaxMs = 1_600;
/** npm passes a Ctrl-C on to a program that the terminal has told already: the same one, not a second one. */
const repeatMs = 400;
/** A shell says so of a process that the signal of that number ended. */
const endedBy = 128;
const interrupted = endedBy + 2;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Until there is something to stop. By itself the system ends every process at these signals but the first one of a container. */
export function leaveOnSignal(): void {
  for (const signal of SIGNALS) process.on(signal, leave);
}

const leave = (): never => process.exit(0);

/** The same of a command that has an end of its own: whoever waits for that hears that it has not come. */
export function breakOffOnSignal(): void {
  for (const signal of SIGNALS) process.on(signal, (_name: string, number = 0) => process.exit(endedBy + number));
}

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
  for (const signal of SIGNALS) process.off(signal, leave).on(signal, onSignal);
}
