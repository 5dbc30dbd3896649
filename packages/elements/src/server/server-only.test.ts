import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('where there is a window and a document the module refuses to load', () => {
  const entry = new URL('./index.ts', import.meta.url).href;
  const script = `globalThis.window = globalThis.document = {}; await import(${JSON.stringify(entry)});`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(status).not.toBe(0);
  expect(stderr).toContain('@ozura/elements/server is for servers only');
});
