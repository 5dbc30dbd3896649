// `npm run test:deploy [-- image compose systemd]`: the image is built and what is in `deploy/` is run, as far as this
// machine has what it takes; what it has not is named. Leaves nothing behind but the image `ozura`.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { COMPOSE_CHECKS } from './compose-checks.ts';
import { findCompose, Missing, missingImages, must, run } from './docker.ts';
import { openStack } from './stack.ts';
import { removeMachine, startMachine, UNIT_CHECKS } from './unit-checks.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const BUILT_FROM = ['node:24.21.0-bookworm-slim', 'gcr.io/distroless/cc-debian12:nonroot'];
const RUN_BESIDE = ['postgres:17-alpine', 'haproxy:3.2-alpine', 'valkey/valkey:8-alpine'];
let failures = 0;

async function check(name: string, work: () => Promise<string | undefined> | string | undefined): Promise<void> {
  const begunAtMs = Date.now();
  try {
    const told = await work();
    const seconds = ((Date.now() - begunAtMs) / 1_000).toFixed(1);
    console.log(`ok       ${name}${told === undefined ? '' : `: ${told}`} (${seconds} s)`);
  } catch (error) {
    const skipped = error instanceof Missing;
    if (!skipped) failures += 1;
    console.log(`${skipped ? 'skipped ' : 'FAILED  '} ${name}: ${(error as Error).message}`);
  }
}

function buildImage(): string {
  findCompose();
  const missing = missingImages(BUILT_FROM);
  if (missing.length > 0) throw new Missing(`no registry has ${missing.join(', ')}; see e2e/deploy/stand-ins.sh`);
  must(['docker', 'build', '--network', 'host', '-f', 'deploy/Dockerfile', '-t', 'ozura', '.'], { cwd: root });
  const size = Number(must(['docker', 'image', 'inspect', '--format', '{{.Size}}', 'ozura']));
  return `${Math.round(size / 1e6)} MB`;
}

const ALONE = ['--rm', '--network', 'none', '--read-only', '--cap-drop', 'ALL', '--user', '65532:65532'] as const;

function runAlone(): undefined {
  findCompose();
  assert.match(must(['docker', 'run', ...ALONE, 'ozura']), /Usage: ozura serve/);
  const { status, err } = run(['docker', 'run', ...ALONE, '-e', 'MODE=live', 'ozura', 'serve', 'vault']);
  assert.equal(status, 1);
  for (const name of ['PEPPER', 'CHECKOUT_SERVICE_KEY', 'PAY_SERVICE_KEY', 'ADMIN_TOKEN'])
    assert.ok(err.includes(`- ${name}: `), err);
}

async function runStack(): Promise<undefined> {
  const command = findCompose();
  const missing = missingImages(RUN_BESIDE);
  if (missing.length > 0) throw new Missing(`no registry has ${missing.join(', ')}; see e2e/deploy/stand-ins.sh`);
  const stack = openStack(command);
  try {
    stack.compose('up', '-d', '--no-build');
    await stack.untilHealthy();
    for (const [name, work] of Object.entries(COMPOSE_CHECKS)) await check(`compose: ${name}`, () => work(stack));
  } finally {
    stack.down();
  }
}

async function runUnits(): Promise<undefined> {
  findCompose();
  const [base = ''] = BUILT_FROM;
  if (missingImages([base]).length > 0) throw new Missing(`no registry has ${base}; see e2e/deploy/stand-ins.sh`);
  const file = 'e2e/deploy/systemd.Dockerfile';
  must(['docker', 'build', '--network', 'host', '-f', file, '-t', 'ozura-test-systemd', '.'], { cwd: root });
  try {
    await startMachine();
    for (const [name, work] of Object.entries(UNIT_CHECKS)) await check(`systemd: ${name}`, work);
  } finally {
    removeMachine();
    run(['docker', 'rmi', 'ozura-test-systemd']);
  }
}

const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  async image() {
    await check('the image is built', buildImage);
    await check('the image says what it is missing, without network and read-only', runAlone);
  },
  compose: () => check('compose: starts, runs and goes', runStack),
  systemd: () => check('systemd: starts, runs and goes', runUnits),
};

const wanted = process.argv.slice(2);
for (const [name, work] of Object.entries(PARTS)) if (wanted.length === 0 || wanted.includes(name)) await work();
process.exitCode = failures === 0 ? 0 : 1;
