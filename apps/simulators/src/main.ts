// Programs that speak the wire formats of real processors (contract 9.4 to 9.6) for tests and development. They book
// nothing anywhere but in their own memory, and know one merchant: the one of `credentials.ts`.
import type { ProcessorHosts } from '@ozura/core/processor-hosts';
import type { Step } from '@ozura/core/sandbox-step';
import { openContext } from '@ozura/kit/context';
import { listen, openServer } from '@ozura/kit/http/server';
import type { Log } from '@ozura/kit/log';
import type { FastifyInstance } from 'fastify';
import { openBooks } from './books.ts';
import { serveControl } from './control.ts';
import { elavonAddress, serveElavon } from './elavon/serve.ts';
import type { Frame } from './frame.ts';
import { nuveiAddress, serveNuvei } from './nuvei/serve.ts';
import { openSteps } from './steps.ts';
import { serveWorldpay, worldpayAddress } from './worldpay/serve.ts';

export type SimulatorName = keyof ProcessorHosts;

interface Simulated {
  readonly serve: (app: FastifyInstance, frame: Frame) => void;
  /** What stands in the settings in place of the processor's own host. */
  readonly address: (url: string) => string;
  /** What its answers have no words for, such as the amount where they do not repeat it. */
  readonly cannot?: readonly Step['kind'][];
}

export const SIMULATORS: Readonly<Partial<Record<SimulatorName, Simulated>>> = {
  elavon: { serve: serveElavon, address: elavonAddress },
  nuvei: { serve: serveNuvei, address: nuveiAddress },
  // The answer to a sale does not repeat its amount.
  worldpay: { serve: serveWorldpay, address: worldpayAddress, cannot: ['wrong_amount', 'wrong_currency'] },
};

export interface RunningSimulator {
  /** Of its control surface. */
  readonly url: string;
  readonly address: string;
  stop(): Promise<void>;
}

/** On the loopback; `port` 0 is any free one. */
export async function startSimulator(name: SimulatorName, log: Log, port = 0): Promise<RunningSimulator> {
  const simulated = SIMULATORS[name];
  if (simulated === undefined) throw new Error(`there is no simulator of ${name}`);
  const stopping = new AbortController();
  const frame = { ...openContext(log), books: openBooks(), steps: openSteps(), stopping: stopping.signal };
  const app = openServer({ service: 'pay', context: frame, https: false });
  simulated.serve(app, frame);
  serveControl(app, frame, simulated.cannot ?? []);
  app.get('/health', async () => ({ status: 'ok' }));
  const url = await listen(app, '127.0.0.1', port);
  return {
    url,
    address: simulated.address(url),
    async stop() {
      stopping.abort();
      await app.close();
    },
  };
}
