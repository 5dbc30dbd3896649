// What happens to a process itself: its memory is refused, nobody reads its log.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { freePort } from '../ports.ts';
import { startSystem } from '../system.ts';
import { faultTest, sized } from './fault.ts';
import { openShop } from './shop.ts';

const cli = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url));
/** More than a pipe holds. */
const pipeLines = 600;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

faultTest(
  'out of memory',
  async () => {
    const system = await startSystem();
    const shop = openShop(system);
    const payments = await Promise.all(Array.from({ length: sized(6, 30) }, () => shop.atTheTill()));
    const [, nowKb = ''] = /VmSize:\s+(\d+)/.exec(readFileSync(`/proc/${system.pid()}/status`, 'utf8')) ?? [];
    const ended = system.ended();
    const paying = payments.map((prepared) => shop.pay(prepared));
    // From now on the system gives it no more: it dies at whatever needs memory next.
    spawnSync('prlimit', ['--pid', String(system.pid()), `--as=${Number(nowKb) * 1024}:`]);
    const metadata = { note: 'm'.repeat(8_000) };
    const until = Date.now() + 20_000;
    let isAlive = true;
    ended.then(() => {
      isAlive = false;
    });
    while (isAlive && Date.now() < until)
      await Promise.all(Array.from({ length: 64 }, () => shop.create({ metadata })));
    expect(isAlive).toBe(false);
    await Promise.all(paying);
    await system.restart();
    await shop.compare();
    expect((await shop.create()).status).toBe(200);
    await system.stop();
  },
  120_000,
);

faultTest('nobody reads the log', async () => {
  const program = await startSandbox();
  const { stdout } = program.child;
  stdout?.pause();
  await askTimes(program.url, pipeLines);
  let heard = '';
  stdout?.on('data', (bytes: Buffer) => {
    heard += bytes;
  });
  stdout?.resume();
  await expect
    .poll(() => heard.match(/"answered"/g)?.length ?? 0, { timeout: 10_000 })
    .toBeGreaterThanOrEqual(pipeLines);
  // Then the reader is gone for good.
  stdout?.destroy();
  await askTimes(program.url, pipeLines);
  await program.stop();
  if (sized(true, false)) return;
  const ending = await startSandbox();
  ending.child.stdout?.pause();
  await askTimes(ending.url, pipeLines);
  await ending.stop();
});

interface Sandbox {
  readonly child: ChildProcess;
  readonly url: string;
  stop(): Promise<void>;
}

/** A program by itself, which logs to its standard output. */
async function startSandbox(): Promise<Sandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'ozura-process-'));
  const port = await freePort();
  const child = spawn(process.execPath, [cli, 'serve', 'sandbox'], {
    env: { ...process.env, PORT: String(port), DATABASE_URL: join(folder, 'sandbox.db') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const url = `http://127.0.0.1:${port}`;
  return {
    child,
    url,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      expect((await ended)[0]).toBe(0);
      rmSync(folder, { recursive: true });
    },
  };
}

async function askTimes(url: string, times: number): Promise<void> {
  for (let asked = 0; asked < times; asked += 50) {
    const late = pause(5_000).then(() => [0]);
    const asking = Array.from({ length: 50 }, async () => (await fetch(`${url}/nowhere`)).status);
    expect(new Set(await Promise.race([Promise.all(asking), late]))).toEqual(new Set([404]));
  }
}
