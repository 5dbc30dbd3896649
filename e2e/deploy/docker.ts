// The engine that the deployment test runs in, by its command line.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';

export class Missing extends Error {
  override readonly name = 'Missing';
}

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

const buildTimeoutMs = 15 * 60_000;

export function run(command: readonly [string, ...string[]], options: { cwd?: string; input?: string } = {}): Ran {
  const [program, ...args] = command;
  const told: SpawnSyncReturns<string> = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: buildTimeoutMs,
    maxBuffer: 64 * 2 ** 20,
    env: { ...process.env, DOCKER_BUILDKIT: '1' },
    ...options,
  });
  return { status: told.status ?? 1, out: told.stdout ?? '', err: told.stderr ?? String(told.error ?? '') };
}

/** What it prints; throws with what it complained about. */
export function must(command: readonly [string, ...string[]], options: { cwd?: string; input?: string } = {}): string {
  const { status, out, err } = run(command, options);
  if (status !== 0) throw new Error(`${command.slice(0, 6).join(' ')} … ended with ${status}: ${err.slice(-2_000)}`);
  return out;
}

/** `docker compose`, or the `docker-compose` before it. */
export function findCompose(): readonly [string, ...string[]] {
  if (run(['docker', 'info']).status !== 0)
    throw new Missing('no container engine answers (docker info). On Debian: docker.io and docker-compose');
  if (run(['docker', 'compose', 'version']).status === 0) return ['docker', 'compose'];
  if (run(['docker-compose', 'version']).status === 0) return ['docker-compose'];
  throw new Missing('docker compose is not installed. On Debian: docker-compose');
}

/** Those that are neither here nor to be had; `e2e/deploy/stand-ins.sh` makes some of Debian's packages. */
export function missingImages(images: readonly string[]): string[] {
  const isHere = (image: string): boolean => run(['docker', 'image', 'inspect', image]).status === 0;
  return images.filter((image) => !isHere(image) && run(['docker', 'pull', '--quiet', image]).status !== 0);
}

/** JavaScript in a container that runs, with what it prints. */
export const inside = (container: string, script: string): string =>
  must(['docker', 'exec', container, '/usr/local/bin/node', '--input-type=module', '-e', script]).trim();
