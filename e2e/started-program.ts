// What every program that `spawnProgram` starts does: it ends with whoever started it, and says when it may be called.
import { flushCompileCache } from 'node:module';

/** Whoever started it holds its stdin. One that lived on would hold the output of a test run open, which never ends then. */
export function endWithStarter(): void {
  process.stdin.on('close', () => process.kill(process.pid, 'SIGKILL')).resume();
}

/** What it has compiled goes to disk now: Node writes it at the end, and SIGKILL is none. */
export function sayReady(line: string): void {
  console.log(line);
  flushCompileCache();
}
