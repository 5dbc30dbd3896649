import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { fastify } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bundle } from './bundle.ts';
import { serveFiles } from './http/files.ts';

let home: string;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'ozura-bundle-')));
  writeFileSync(join(home, 'package.json'), '{}');
  mkdirSync(join(home, 'src'));
  source('greeting.ts', "export const greeting: string = 'good morning';");
  source('page.ts', "import { greeting } from './greeting.ts';\ndocument.title = greeting;");
});

afterEach(() => rmSync(home, { recursive: true }));

const source = (name: string, text: string): void => writeFileSync(join(home, 'src', name), text);
const bundled = (name: string) => bundle(pathToFileURL(join(home, 'src', name)));

it('makes one minified script of an entry and what it imports', () => {
  const script = bundled('page.ts');
  expect(script.bytes.toString()).toContain('document.title=');
  expect(script.bytes.toString()).toContain('good morning');
  expect(script.name).toMatch(/^page\.[0-9a-f]{12}\.js$/);
  expect(script.integrity).toMatch(/^sha384-[A-Za-z0-9+/]{64}$/);
  expect(gunzipSync(script.gzipped)).toEqual(script.bytes);
});

it('keeps the bundle and reads it again while no source changes', () => {
  const first = bundled('page.ts');
  expect(readdirSync(join(home, 'dist'))).toEqual(['src-page.ts.json']);
  expect(bundled('page.ts')).toEqual(first);
  const kept = join(home, 'dist', 'src-page.ts.json');
  writeFileSync(kept, readFileSync(kept, 'utf8').replace('good morning', 'good as kept'));
  expect(bundled('page.ts').bytes.toString()).toContain('good as kept');
});

it('bundles again, under another name, when an imported source changes', () => {
  const first = bundled('page.ts');
  source('greeting.ts', "export const greeting: string = 'good evening';");
  const second = bundled('page.ts');
  expect(second.bytes.toString()).toContain('good evening');
  expect(second.name).not.toBe(first.name);
});

it('bundles styles and takes other files as they are', () => {
  source('page.css', 'body { color: #ff0000; }');
  source('mark.svg', '<svg/>');
  expect(bundled('page.css').bytes.toString().trim()).toBe('body{color:red}');
  expect(bundled('mark.svg').bytes.toString()).toBe('<svg/>');
});

it('serves a file compressed to those who can read it, for ever', async () => {
  const script = bundled('page.ts');
  const app = fastify();
  serveFiles(app, [script]);
  const plain = await app.inject({ url: script.url });
  expect(plain.rawPayload).toEqual(script.bytes);
  expect(plain.headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    'content-type': 'text/javascript; charset=utf-8',
    vary: 'Accept-Encoding',
  });
  const zipped = await app.inject({ url: script.url, headers: { 'accept-encoding': 'gzip, br' } });
  expect(zipped.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(zipped.rawPayload)).toEqual(script.bytes);
});
