// Programs that speak the wire formats of real processors (contract 9.4 to 9.6) for tests and development. They book
// nothing anywhere but in their own memory, and know one merchant: the one of `credentials.ts`.
import { openContext } from '@ozura/kit/context';
import { listen, openServer } from '@ozura/kit/http/server';
import type { Log } from '@ozura/kit/log';
import type { FastifyInstance } from 'fastify';
import { openBooks } from './books.ts';
import { serveControl } from './control.ts';
import type { Frame } from './frame.ts';
import { openSteps } from './steps.ts';

export type SimulatorName = 'elavon' | 'nuvei' | 'worldpay';

type Serve = (app: FastifyInstance, frame: Frame) => void;

const SERVE: Readonly<Partial<Record<SimulatorName, Serve>>> = {};

export interface RunningSimulator {
  readonly url: string;
  stop(): Promise<void>;
}

/** On the loopback; `port` 0 is any free one. */
export async function startSimulator(name: SimulatorName, log: Log, port = 0): Promise<RunningSimulator> {
  const stopping = new AbortController();
  const frame = { ...openContext(log), books: openBooks(), steps: openSteps(), stopping: stopping.signal };
  const app = openServer({ service: 'pay', context: frame, https: false });
  SERVE[name]?.(app, frame);
  serveControl(app, frame);
  app.get('/health', async () => ({ status: 'ok' }));
  return {
    url: await listen(app, '127.0.0.1', port),
    async stop() {
      stopping.abort();
      await app.close();
    },
  };
}
