// `ozura serve <program>`: one program by itself, told everything by its environment.
import { type EnvReader, readEnv } from '@ozura/kit/env';
import { openLog } from '@ozura/kit/log';
import { CannotStart } from './cannot-start.ts';
import { readCheckout, readPay, readPlace, readVault } from './serve-settings.ts';
import { PROGRAMS, type ProgramName, serveHelp } from './serve-variables.ts';
import { leaveOnSignal, stopOnSignal } from './shutdown.ts';
import { readLogLevel } from './tuning.ts';
import { asksForHelp, readWords } from './words.ts';
import { letYoungGenerationGrow } from './young-generation.ts';

interface Running {
  readonly url: string;
  readonly drainMs: number | undefined;
  stop(): Promise<void>;
}

const usage =
  'Usage: ozura serve checkout|pay|vault|sandbox\n\nWhat each takes from its environment: ozura serve --help';

export async function serve(words: readonly string[]): Promise<void> {
  if (asksForHelp(words)) return console.log(serveHelp());
  const [name = ''] = readWords(words, { positions: ['PROGRAM'], options: [] }, usage).positions;
  const program = programNamed(name);
  leaveOnSignal();
  const running = await STARTS[program](readEnv());
  stopOnSignal(() => running.stop(), running.drainMs);
  letYoungGenerationGrow();
  console.log(`ozura ${program} is ready on ${running.url}`);
}

export function programNamed(name: string): ProgramName {
  const program = PROGRAMS.find((known) => known === name);
  if (program === undefined) throw new CannotStart(`there is no program "${name}": ${PROGRAMS.join(', ')}`);
  return program;
}

const STARTS: Readonly<Record<ProgramName, (env: EnvReader) => Promise<Running>>> = {
  async checkout(env) {
    const config = readCheckout(env);
    const log = finish(env, 'checkout');
    const { startCheckout } = await import('@ozura/checkout/main');
    return { ...(await startCheckout({ ...config, log })), drainMs: config.drainMs };
  },
  async pay(env) {
    const config = readPay(env);
    const log = finish(env, 'pay');
    const { startPay } = await import('@ozura/pay/main');
    return { ...(await startPay({ ...config, log })), drainMs: config.drainMs };
  },
  async vault(env) {
    const config = readVault(env);
    const log = finish(env, 'vault');
    const { startVault } = await import('@ozura/vault/main');
    return { ...(await startVault({ ...config, log })), drainMs: config.drainMs };
  },
  async sandbox(env) {
    const { mode, ...place } = readPlace(env, 'sandbox');
    if (mode === 'live') env.refuse('MODE', 'the sandbox does not run in live mode');
    const log = finish(env, 'sandbox');
    const { startSandbox } = await import('@ozura/sandbox/main');
    return { ...(await startSandbox({ ...place, log })), drainMs: place.drainMs };
  },
};

/** Throws when anything of the environment was wrong; else there is somewhere to log to. */
function finish(env: EnvReader, program: ProgramName) {
  const level = readLogLevel(env);
  env.finish();
  return openLog({ program, level });
}
