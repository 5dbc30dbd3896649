// Every code block of the documentation is taken at its word: code is compiled and run, requests are sent, commands exist.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleOf } from '../program-bundle.ts';
import { makeProject, type Stranger } from '../sdk/stranger.ts';
import { type System, startSystem } from '../system.ts';
import { commandsOf, readCodeBlocks } from './code-blocks.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const blocks = readCodeBlocks();
const code = blocks
  .filter(({ language }) => ['ts', 'tsx', 'js'].includes(language))
  .map((block, index) => ({
    ...block,
    file: `block-${index}.${block.text.includes('require(') ? 'cts' : block.language}`,
  }));
const shell = blocks.filter(({ language }) => ['', 'sh'].includes(language));
const commands = shell.flatMap((block) => commandsOf(block).map((command) => ({ place: block.place, command })));

let system: System;
let project: Stranger;

beforeAll(async () => {
  const linked = ['express', '@types/express', '@types/node', 'playwright-core', 'react', '@types/react'];
  [system, project] = await Promise.all([startSystem(), makeProject('module', linked)]);
  project.write(Object.fromEntries(code.map(({ file, text }) => [file, text])));
  project.write({ 'other-ports.mjs': otherPorts() });
}, 120_000);

afterAll(async () => {
  await system?.stop();
  project?.remove();
});

/** The documentation says the ports of `npm start`; the system under test has others. */
function otherPorts(): string {
  return `const real = globalThis.fetch;
globalThis.fetch = (url, init) => real(String(url).replace(/localhost:40(\\d\\d)/, (_all, port) => 'localhost:' + (${system.portBase} + Number(port))), init);
`;
}

const toTheSystem = (text: string): string =>
  text
    .replaceAll(/localhost:40(\d\d)/g, (_all, port) => `localhost:${system.portBase + Number(port)}`)
    .replaceAll('<vaultKey>', system.dev.vaultKey)
    .replaceAll('<merchantKey>', system.dev.merchantKey);

test('there are blocks of every kind that is looked at', () => {
  const places = (kind: RegExp) => commands.filter(({ command }) => kind.test(command));
  expect(code.length).toBeGreaterThan(4);
  for (const kind of [/^curl /, /^npm /, /^ozura /]) expect(places(kind)).not.toEqual([]);
});

test('no block is in a language that nothing looks at', () => {
  const known = ['', 'sh', 'html', 'ts', 'tsx', 'js', 'json'];
  expect(blocks.filter(({ language }) => !known.includes(language))).toEqual([]);
});

test('code is compiled in a project of a stranger', () => {
  project.compile(code.map(({ file }) => file));
});

const onServers = code.filter(({ text }) => text.includes('@ozura/elements/server'));

test.each(onServers)('the code of $place runs', async ({ file }) => {
  const { merchantId, merchantKey, vaultKey } = system.dev;
  await project.run(file, {
    MERCHANT_ID: merchantId,
    MERCHANT_API_KEY: merchantKey,
    VAULT_API_KEY: vaultKey,
    NODE_OPTIONS: `--import ${project.folder}/other-ports.mjs`,
  }).ended;
});

test.each(blocks.filter(({ language }) => language === 'json'))('$place is JSON', ({ text }) => {
  expect(() => JSON.parse(text)).not.toThrow();
});

test.each(blocks.filter(({ language }) => language === 'html'))(
  'the addresses of $place are there',
  async ({ text }) => {
    const urls = [...text.matchAll(/(?:src|href)="(http:[^"]+)"/g)].map(([, url = '']) => toTheSystem(url));
    expect(urls).not.toEqual([]);
    for (const url of urls) expect((await fetch(url)).status).toBe(200);
  },
);

const requests = commands.filter(({ command }) => /^curl .*localhost:40/.test(command));

test.each(requests)('the request of $place is answered with a success', ({ command }) => {
  const answer = execFileSync('sh', ['-c', toTheSystem(command.replace(/^curl /, 'curl -s '))]);
  expect(JSON.parse(answer.toString())).toMatchObject({ success: true });
});

test('commands of npm exist', () => {
  const { scripts } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
  const own = commands
    .map(({ command }) => /^npm (?:run )?(?:-s )?([\w:-]+)/.exec(command)?.[1])
    .filter((name) => name !== undefined);
  const ofNpm = ['install', 'ci', 'pack'];
  expect(own.filter((name) => !(name in scripts) && !ofNpm.includes(name))).toEqual([]);
});

describe('commands of ozura exist', async () => {
  const ozura = await bundleOf('../apps/cli/src/main.ts');
  const help = (...words: string[]): string => execFileSync(process.execPath, [ozura, ...words]).toString();
  const groups = Map.groupBy(
    commands.flatMap(({ command }) => {
      const [, group, word] = /^(?:\w+:\s+)?ozura ([a-z]+)(?: ([a-z-]+))?/.exec(command) ?? [];
      return group === undefined ? [] : [{ group, word }];
    }),
    ({ group }) => group,
  );
  test.each([...groups])('%s', (group, uses) => {
    const all = help('help');
    expect(all).toContain(`\n  ${group} `);
    const more = all.includes(`${group} <what>`) ? help(group, '--help') : all;
    for (const { word } of uses) expect(more).toContain(word ?? '');
  });
});
