// What a report says about the machine that it was made on.
import { cpus, release, totalmem } from 'node:os';

export function thisMachine(): string {
  const cores = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  return `${cores.length} cores (${cores[0]?.model.trim() ?? 'unknown'}), ${memory}, Linux ${release()}`;
}
