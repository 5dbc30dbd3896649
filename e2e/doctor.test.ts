// `ozura doctor` beside a system that runs, with a program that plays Nuvei: it says what is wrong, and charges nothing.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog } from '@ozura/kit/log';
import { SIMULATED_CREDENTIALS } from '@ozura/simulators/credentials';
import { type RunningSimulator, startSimulator } from '@ozura/simulators/main';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from './run-cli.ts';
import { type System, startSystem } from './system.ts';

const folder = mkdtempSync(join(tmpdir(), 'ozura-doctor-'));
const log = openLog({ program: 'test', level: 'silent' });
let nuvei: RunningSimulator;
let system: System;

beforeAll(async () => {
  nuvei = await startSimulator('nuvei', log);
  system = await startSystem({ NUVEI_URL: nuvei.address, ELAVON_URL: 'http://127.0.0.1:1/processxml.do' });
});
afterAll(async () => {
  await Promise.all([system?.stop(), nuvei?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const ozura = (...args: string[]) => runCli(args, { DATA_DIR: system.dataDir }).ended;
const doctor = (processor: string, ...more: string[]) => ozura('doctor', '--processor', processor, ...more);

async function give(processor: string, credentials: object): Promise<void> {
  const file = join(folder, `${processor}.json`);
  writeFileSync(file, JSON.stringify(credentials), { mode: 0o600 });
  const { code, stderr } = await ozura(
    'merchant',
    'processor',
    'set',
    system.dev.merchantId,
    processor,
    '--from',
    file,
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}

test('a processor that nobody uses, one that is none, and the sandbox', async () => {
  const { merchantId } = system.dev;
  expect(await doctor('nuvei')).toMatchObject({ code: 1, stderr: expect.stringContaining('no merchant uses nuvei') });
  expect(await doctor('acme')).toMatchObject({ code: 1, stderr: expect.stringContaining('no processor "acme"') });
  const named = await doctor('nuvei', '--merchant', merchantId);
  expect(named).toMatchObject({ code: 1, stdout: expect.stringContaining('credentials are missing') });
  expect(named.stdout).toContain('merchantId, merchantSiteId, secretKey not set');
  expect(named.stdout).toContain(`ozura merchant processor set ${merchantId} nuvei`);
  expect(await doctor('sandbox')).toMatchObject({ code: 0, stdout: expect.stringContaining('well') });
});

test('credentials of Nuvei, wrong and right', async () => {
  const good = SIMULATED_CREDENTIALS.nuvei;
  await give('nuvei', { ...good, secretKey: 'another' });
  const wrong = await doctor('nuvei');
  expect(wrong).toMatchObject({ code: 1, stdout: expect.stringContaining('its credentials are refused') });
  expect(wrong.stdout).toContain('1001 Invalid checksum: secretKey is not that of this site');
  await give('nuvei', { ...good, merchantSiteId: '7' });
  expect((await doctor('nuvei')).stdout).toContain('merchantSiteId is not known there');
  await give('nuvei', good);
  const right = await doctor('nuvei', '--json');
  expect(right).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(right.stdout)).toEqual([
    {
      merchantId: system.dev.merchantId,
      processor: 'nuvei',
      address: nuvei.address,
      isTried: true,
      finding: 'accepted',
      explanation: 'it answers, and knows the merchant',
    },
  ]);
  for (const { stdout } of [wrong, right]) expect(stdout).not.toContain(good.secretKey);
  const { entries } = (await (await fetch(`${nuvei.url}/control/journal`)).json()) as { entries: unknown[] };
  expect(entries).toEqual([]);
});

test('an address where nothing listens', async () => {
  await give('elavon', SIMULATED_CREDENTIALS.elavon);
  const found = await doctor('elavon');
  expect(found).toMatchObject({ code: 1, stdout: expect.stringContaining('the processor cannot be reached') });
  expect(found.stdout).toContain('ELAVON_URL');
});
