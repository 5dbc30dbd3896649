// `GET /health` (the process lives) and `GET /ready` (it can work) of every program (contract 14.4).
import { healthOf, readyOf } from '@ozura/contract/health';
import type { Service } from '@ozura/core/errors';
import kit from '../../package.json' with { type: 'json' };
import { whyUnavailable } from '../db/unavailable.ts';
import { NotReady } from '../not-ready.ts';
import type { Router } from './route.ts';

/** By the name shown while it fails: resolves when all is well, rejects otherwise. */
export type Checks = Readonly<Record<string, () => Promise<unknown>>>;

export function serveHealth(router: Router, service: Service, checks: Checks): void {
  const authenticate = async (): Promise<undefined> => undefined;
  router.serve(healthOf(service), { authenticate, handle: async () => ({ status: 'ok', version: kit.version }) });
  router.serve(readyOf(service), {
    authenticate,
    handle: async ({ reply }) => {
      const results = await Promise.all(Object.entries(checks).map(runCheck));
      if (results.every(([, result]) => result === 'ok')) return { status: 'ready' };
      reply.code(503);
      return { status: 'not_ready', checks: Object.fromEntries(results) };
    },
  });
}

/** Less than whoever asks waits: a balancer, or a program that has this one behind it. */
const checkTimeoutMs = 1_500;

const runCheck = ([name, check]: [string, () => Promise<unknown>]): Promise<readonly [string, string]> =>
  Promise.race([check(), noAnswerAfter(checkTimeoutMs)]).then(
    () => [name, 'ok'] as const,
    (error: unknown) => [name, whatIsWrong(error)] as const,
  );

const whatIsWrong = (error: unknown): string =>
  error instanceof NotReady ? error.message : (whyUnavailable(error) ?? 'failed');

const noAnswerAfter = (ms: number): Promise<never> =>
  new Promise((_resolve, reject) => setTimeout(() => reject(new NotReady('no answer')), ms).unref());
