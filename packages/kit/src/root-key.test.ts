import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openContext } from './context.ts';
import { openLog } from './log.ts';
import { openRootKey } from './root-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'ozura-root-key-'));
afterAll(() => rmSync(folder, { recursive: true }));
const context = openContext(openLog({ program: 'test', level: 'silent' }));
const path = join(folder, 'key');
const open = (): Uint8Array => openRootKey(path, 'live', context);

test('a live installation does not make a root key by itself', () => {
  expect(open).toThrow(`There is no root key at ${path}`);
});

test('processes of a test installation that start together open one and the same new key', () => {
  const fresh = join(folder, 'fresh', 'key');
  // The other one is first, between our look and our writing.
  let isFirst = true;
  const random = (bytes: number): Uint8Array => {
    if (isFirst) {
      isFirst = false;
      openRootKey(fresh, 'test', context);
    }
    return context.random(bytes);
  };
  const ours = openRootKey(fresh, 'test', { ...context, random });
  expect(openRootKey(fresh, 'live', context)).toEqual(ours);
  expect(readdirSync(join(folder, 'fresh'))).toEqual(['key']);
});

test('a root key is for its owner alone', () => {
  writeFileSync(path, 'ab'.repeat(32), { mode: 0o400 });
  expect(Buffer.from(open()).toString('hex')).toBe('ab'.repeat(32));
  for (const mode of [0o440, 0o404, 0o420]) {
    chmodSync(path, mode);
    expect(open).toThrow('may be read by others');
  }
});

test.skipIf(process.getuid?.() !== 0)("an orchestrator's file may be read by our group, and by nobody else", () => {
  chownSync(path, 12_345, 0);
  chmodSync(path, 0o440);
  expect(open()).toHaveLength(32);
  for (const mode of [0o444, 0o460]) {
    chmodSync(path, mode);
    expect(open).toThrow('may be read by others');
  }
});
