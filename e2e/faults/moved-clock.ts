// Loaded into a program before it starts (`--import`): the clock of its machine, set wrong. By how much stands in a file,
// in milliseconds.
import { readFileSync } from 'node:fs';

const file = process.env.OZURA_MOVED_CLOCK ?? '';
const readEveryMs = 20;
const realNow = Date.now;
let offsetMs = 0;
let readAtMs = Number.NEGATIVE_INFINITY;

function movedNow(): number {
  if (performance.now() - readAtMs > readEveryMs) {
    offsetMs = Number(readFileSync(file, 'utf8'));
    readAtMs = performance.now();
  }
  return realNow() + offsetMs;
}

globalThis.Date = new Proxy(Date, {
  construct: (target, given) => (given.length === 0 ? new target(movedNow()) : Reflect.construct(target, given)),
  get: (target, name) => (name === 'now' ? movedNow : Reflect.get(target, name)),
});
