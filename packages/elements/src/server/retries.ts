// Calls that may be repeated (contract 10.6): after 1 s, 2 s, 4 s …, on 5xx, network errors and time-outs only.
import { OzuraError } from './ozura-error.ts';

const firstPauseMs = 1_000;

export async function withRetries<T>(retries: number, call: () => Promise<T>): Promise<T> {
  for (let tried = 0; ; tried += 1) {
    try {
      return await call();
    } catch (error) {
      if (tried >= retries || !mayHelp(error)) throw error;
      await pause(firstPauseMs * 2 ** tried);
    }
  }
}

const mayHelp = (error: unknown): boolean =>
  error instanceof OzuraError && (error.statusCode === 0 || error.statusCode >= 500);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
