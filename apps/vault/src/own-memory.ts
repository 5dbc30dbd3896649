// Card numbers pass through this process's memory. What would let others look into it is shut as far as the runtime
// lets us; the rest is the operator's: swap, and who may be root (contract 13.4).
import { writeFileSync } from 'node:fs';
import inspector from 'node:inspector';
import type { Context } from '@ozura/kit/context';
import { nodeFlags } from '@ozura/kit/env';
import type { FastifyInstance } from 'fastify';

/** Dumps and profiles that Node writes by itself, and the keys of its connections. */
const WRITES_MEMORY = /^--(inspect|heapsnapshot|heap-prof|report-|abort-on-uncaught-exception|cpu-prof|tls-keylog)/;

/** Why a Vault with real cards does not start. */
class MemoryExposed extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'MemoryExposed';
  }
}

/** In test mode, where a person may want to debug, only core dumps are emptied. */
export function keepMemoryPrivate({
  mode,
  log,
}: {
  readonly mode: 'test' | 'live';
  readonly log: Context['log'];
}): void {
  emptyCoreDumps(log);
  if (mode === 'test') return;
  if (inspector.url() !== undefined) throw new MemoryExposed('the inspector is open, which shows every card number');
  const flag = nodeFlags().find((argument) => WRITES_MEMORY.test(argument));
  if (flag !== undefined) throw new MemoryExposed(`Node was started with ${flag}, which shows every card number`);
  // Without a listener the signal opens the inspector.
  process.on('SIGUSR1', () => log.warn('the inspector was asked for, and stays shut'));
}

/** Linux: of a dump of this process none of its memory is written. */
function emptyCoreDumps(log: Context['log']): void {
  try {
    writeFileSync('/proc/self/coredump_filter', '0');
  } catch {
    log.warn('core dumps cannot be emptied on this system: switch them off (ulimit -c 0)');
  }
}

/** The pieces in which a body arrives, once there is a whole of them; that one is wiped where it is read. */
export function wipeBodies(app: FastifyInstance): void {
  app.addHook('preParsing', (_request, _reply, body, done) => {
    const pieces: Uint8Array[] = [];
    const wipe = (): void => {
      for (const piece of pieces) piece.fill(0);
    };
    body.on('data', (piece: Uint8Array) => pieces.push(piece));
    // Everybody else who waits for the end takes them first.
    body.once('end', () => process.nextTick(wipe));
    body.once('close', wipe);
    done(null, body);
  });
}
