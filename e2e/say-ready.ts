// What a program of the tests says when it may be called.
import { flushCompileCache } from 'node:module';

/** What it has compiled goes to disk now: Node writes it at the end, and SIGKILL is none. */
export function sayReady(line: string): void {
  console.log(line);
  flushCompileCache();
}
