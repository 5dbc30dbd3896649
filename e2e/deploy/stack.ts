// The compose file, run: a copy of `deploy/compose` with secrets of its own, all of it down again at the end.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must, run } from './docker.ts';

export interface Stack {
  compose(...args: string[]): string;
  secret(name: string): string;
  /** The container of a service. */
  containerOf(service: string): string;
  /** Until every service that has a health check passes it. */
  untilHealthy(): Promise<void>;
  down(): void;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const project = 'ozura-test';
const healthyTimeoutMs = 90_000;

export function openStack(command: readonly [string, ...string[]]): Stack {
  const folder = mkdtempSync(join(tmpdir(), 'ozura-deploy-'));
  cpSync(join(root, 'deploy'), join(folder, 'deploy'), {
    recursive: true,
    filter: (path) => !path.endsWith('/secrets'),
  });
  const cwd = join(folder, 'deploy/compose');
  // Older ones do not know the name, and it is another one here.
  const text = readFileSync(join(cwd, 'compose.yaml'), 'utf8').replace(/^name: .*$/m, '');
  writeFileSync(join(cwd, 'compose.yaml'), text);
  must(['sh', 'make-secrets.sh'], { cwd });
  const files = ['-p', project, '-f', 'compose.yaml', '-f', 'compose.sandbox.yaml'];
  const compose = (...args: string[]): string => must([...command, ...files, ...args], { cwd });
  return {
    compose,
    secret: (name) => readFileSync(join(cwd, 'secrets', name), 'utf8').trim(),
    containerOf: (service) => compose('ps', '-q', service).trim(),
    async untilHealthy() {
      const untilMs = Date.now() + healthyTimeoutMs;
      for (;;) {
        const states = statesOf(compose('ps', '-q'));
        if (states.every((state) => state === 'running healthy' || state === 'running ')) return;
        if (Date.now() > untilMs) throw new Error(`not healthy in ${healthyTimeoutMs} ms: ${states.join(', ')}`);
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    },
    down() {
      run([...command, ...files, 'down', '-v', '--remove-orphans'], { cwd });
      rmSync(folder, { recursive: true });
    },
  };
}

const statesOf = (ids: string): string[] =>
  must([
    'docker',
    'inspect',
    '--format',
    '{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{end}}',
    ...ids.trim().split('\n'),
  ])
    .trimEnd()
    .split('\n');
