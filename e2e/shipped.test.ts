// The command as it ships: other tests start it in a few files, which Node's own loader never sees.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { COMPILE_CACHE } from './compile-cache.ts';
import { freePortBase } from './ports.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = globSync('{apps,packages}/*/src/**/*.ts', { cwd: root }).filter(
  (path) => !/\.test\.ts$|\/(browser|frames)\/|^packages\/elements\//.test(path),
);

test('it starts', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ozura-shipped-'));
  const portBase = await freePortBase();
  const env = { ...process.env, ...COMPILE_CACHE, DATABASE_URL: '', DATA_DIR: dataDir, PORT_BASE: String(portBase) };
  const child = spawn(process.execPath, [join(root, 'apps/cli/src/main.ts'), 'start'], { env, stdio: 'ignore' });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  });
  const isUp = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${portBase}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  await expect.poll(isUp, { timeout: 30_000, interval: 100 }).toBe(true);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('whatever it loads when it is needed is there', () => {
  const loaded = sources.flatMap((path) =>
    [...readFileSync(join(root, path), 'utf8').matchAll(/\bimport\('([^']+)'\)/g)].map(([, specifier = '']) =>
      fileURLToPath(
        specifier.startsWith('.')
          ? new URL(specifier, pathToFileURL(join(root, path)))
          : import.meta.resolve(specifier),
      ),
    ),
  );
  const files = [...new Set(loaded)];
  expect(files.length).toBeGreaterThan(20);
  const script = `for (const file of ${JSON.stringify(files)}) await import(file); console.log('all');`;
  const env = { ...process.env, ...COMPILE_CACHE };
  const said = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { env, cwd: root });
  expect(said.toString()).toBe('all\n');
});
