// Where log lines go while they cannot be written.
import { execFile } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDestination } from './log-destination.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ozura-log-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

it('lines come in their order, those of one turn and of later ones', async () => {
  const path = join(folder, 'order.log');
  const file = openSync(path, 'a');
  const destination = openDestination(file, () => undefined);
  for (let line = 0; line < 500; line += 1) {
    destination.write(`${line}\n`);
    if (line % 50 === 0) await new Promise(setImmediate);
  }
  await expect
    .poll(() => readFileSync(path, 'utf8'))
    .toBe(Array.from({ length: 500 }, (_none, i) => `${i}\n`).join(''));
  closeSync(file);
});

it('what would be too much is dropped, and counted when lines go out again', async () => {
  // Reading from it is all that may be done: every write fails.
  const path = join(folder, 'full.log');
  closeSync(openSync(path, 'a'));
  const file = openSync(path, 'r');
  const dropped: number[] = [];
  const destination = openDestination(file, (count) => dropped.push(count));
  const line = `${'a'.repeat(1024 * 1024 - 1)}\n`;
  for (let times = 0; times < 6; times += 1) destination.write(line);
  await new Promise<void>((resolve) => destination.flush(resolve));
  closeSync(file);
  // The descriptor is that of a file with room now.
  expect(openSync(path, 'a')).toBe(file);
  await expect.poll(() => dropped).toEqual([2]);
  expect(readFileSync(path, 'utf8').length).toBe(4 * 1024 * 1024);
  closeSync(file);
});

it('any number of destinations listen once for the end of the program', () => {
  const before = process.listenerCount('exit');
  const file = openSync(join(folder, 'many.log'), 'a');
  for (let times = 0; times < 20; times += 1) openDestination(file, () => undefined).write('a line\n');
  expect(process.listenerCount('exit') - before).toBeLessThanOrEqual(1);
});

it('what waits when the program ends goes out, also to a pipe that does not take it at once', async () => {
  const count = 3_000;
  const program = `import { openDestination } from '${new URL('./log-destination.ts', import.meta.url).href}';
    const destination = openDestination(1, () => undefined);
    for (let line = 0; line < ${count}; line += 1) destination.write(line + ' ${'x'.repeat(100)}\\n');
    process.exit();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  expect(stdout.split('\n').map((line) => Number.parseInt(line, 10))).toEqual([...Array(count).keys(), Number.NaN]);
});
