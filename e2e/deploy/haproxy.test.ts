// The edges that are HAProxy's, run before stand-ins of the programs, on a machine that has it (Debian: haproxy).
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as ask, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openContext } from '@ozura/kit/context';
import { openLog } from '@ozura/kit/log';
import { pathsOf } from '@ozura/tools/deploy/operator-paths';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openFront } from '../cluster/front.ts';
import { findProgram } from '../cluster/machine.ts';
import { isListening } from '../cluster/ports.ts';
import { openVictim, type Victim } from '../cluster/victim.ts';
import { freePort } from '../ports.ts';
import { openStandIn, type StandIn } from './stand-in.ts';

const haproxy = findProgram('haproxy', '-v') ?? '';
const folder = mkdtempSync(join(tmpdir(), 'ozura-edge-'));
afterAll(() => rmSync(folder, { recursive: true }));

type OpenEdge = (name: string, port: number, targets: readonly StandIn[]) => Promise<Victim>;

/** With addresses of this machine for names that an engine's DNS knows, and without the certificate. */
const openShipped: OpenEdge = async (name, port, targets) => {
  const file = join(folder, name);
  const servers = targets
    .map((target) => `  server ${target.name} 127.0.0.1:${target.port} check inter 50ms`)
    .join('\n');
  const [plainPort, healthPort] = [await freePort(), await freePort()];
  const text = readFileSync(new URL(`../../deploy/compose/${name}`, import.meta.url), 'utf8')
    .replace(/bind :443 .*/, `bind 127.0.0.1:${port}`)
    .replace(/bind :80$/m, `bind 127.0.0.1:${name.includes('live') ? plainPort : port}`)
    .replace('127.0.0.1:8404', `127.0.0.1:${healthPort}`)
    .replace(/^ {2}server-template .* check inter 2s resolvers docker init-addr none$/gm, servers);
  writeFileSync(file, text);
  return openVictim({
    name,
    command: [haproxy, '-db', '-f', file],
    env: { DOMAIN: 'localhost' },
    logFile: `${file}.log`,
    isUp: () => isListening(port),
  });
};

const openOfCluster: OpenEdge = async (_name, port, targets) =>
  openFront({
    haproxy,
    folder,
    entrances: [{ name: 'pay', port, targets }],
    database: { name: 'database', port: await freePort(), targets: [], rolePorts: [] },
  });

const EDGES: readonly (readonly [name: string, openEdge: OpenEdge])[] = [
  ['haproxy.cfg', openShipped],
  ['haproxy.live.cfg', openShipped],
  ['the edge of the cluster test', openOfCluster],
];

/** `path` goes out as it stands here. */
const get = (port: number, path: string, headers: Record<string, string> = {}): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const host = 'pay.localhost';
    ask({ host: '127.0.0.1', port, path, headers: { host, ...headers }, agent: false })
      .on('response', (answer) => resolve(answer.resume()))
      .on('error', reject)
      .end();
  });

const encoded = (letter: string): string => `%${letter.charCodeAt(0).toString(16)}`;

/** By whether the router of the programs takes it for the path. */
const WRITINGS: Readonly<Record<'taken' | 'unknown', Readonly<Record<string, (path: string) => string>>>> = {
  taken: {
    plain: (path) => path,
    'with a query': (path) => `${path}?page=1`,
    'a letter encoded': (path) => path.replace(/[a-z]/, encoded),
    'every letter encoded': (path) => path.replace(/[a-z]/g, encoded),
    'in capital hexadecimal': (path) => path.replace(/[j-o]/g, (letter) => encoded(letter).toUpperCase()),
    'with its origin': (path) => `http://pay.localhost${path}`,
  },
  unknown: {
    'a slash doubled': (path) => `/${path}`,
    'a slash encoded': (path) => `/%2F${path.slice(1)}`,
    'in capitals': (path) => path.toUpperCase(),
    'by a detour': (path) => `/x/..${path}`,
    'encoded twice': (path) => path.replace(/[a-z]/, (letter) => encoded(letter).replace('%', '%25')),
    'before what cannot be decoded': (path) => `${path.replace(/[a-z]/, encoded)}%zz`,
  },
};

describe.skipIf(haproxy === '').each(EDGES)('%s', (name, openEdge) => {
  const context = openContext(openLog({ program: 'test', level: 'silent' }));
  const targets: StandIn[] = [];
  let port: number;
  let edge: Victim;
  beforeAll(async () => {
    for (const target of ['one', 'two']) targets.push(await openStandIn(target, context));
    port = await freePort();
    edge = await openEdge(name, port, targets);
    await edge.start();
  });
  afterAll(async () => {
    await edge.kill();
    await Promise.all(targets.map((target) => target.close()));
  });

  /** Who answers: a program always tells the id of the request. */
  const answererOf = async (): Promise<unknown> => (await get(port, '/who')).headers['x-name'];

  test.skipIf(openEdge === openOfCluster)('nothing that is for operators passes', async () => {
    const paths = ['pay', 'vault'].flatMap((program) => pathsOf(program).operators);
    const hidden = paths.filter((path) => !path.startsWith('/api/applications'));
    expect(hidden.length).toBeGreaterThan(20);
    const passed: string[] = [];
    for (const [kind, writings] of Object.entries(WRITINGS))
      for (const [writing, write] of Object.entries(writings))
        for (const path of hidden) {
          const written = write(path);
          const isKnown = (await get(targets[0]?.port ?? 0, written)).statusCode !== 404;
          expect(isKnown, `${writing}: ${written}`).toBe(kind === 'taken');
          if (isKnown && (await get(port, written)).headers['request-id'] !== undefined) passed.push(written);
        }
    // A path of the operator's that no parameter can be read of.
    expect((await get(targets[0]?.port ?? 0, '/admin/merchants/%zz')).statusCode).toBe(401);
    expect((await get(port, '/admin/merchants/%zz')).headers['request-id']).toBeUndefined();
    expect(passed).toEqual([]);
    expect((await get(port, '/api/applications')).statusCode).toBe(401);
  });

  test.skipIf(openEdge === openOfCluster)('a client does not say who it is', async () => {
    const { headers } = await get(port, '/who', { 'x-forwarded-for': '203.0.113.9' });
    expect(headers['x-forwarded']).toBe('127.0.0.1');
  });

  test('requests go to who is ready, and to who lives when nobody is', async () => {
    const [one, two] = targets;
    if (one === undefined || two === undefined) throw new Error('there are two');
    const fewRequests = async () => new Set(await Promise.all(Array.from({ length: 8 }, answererOf)));
    await expect.poll(fewRequests).toEqual(new Set(['one', 'two']));
    two.isReady = false;
    await expect.poll(fewRequests).toEqual(new Set(['one']));
    one.isReady = false;
    const met = new Set<unknown>();
    const meet = async () => {
      for (const answerer of await fewRequests()) met.add(answerer);
      return met;
    };
    // Never without an answer on the way there.
    await expect.poll(meet).toContain('two');
    expect(met).not.toContain(undefined);
    one.isReady = true;
    await expect.poll(fewRequests).toEqual(new Set(['one']));
    await one.close();
    await expect.poll(fewRequests).toEqual(new Set(['two']));
    await two.close();
    await expect.poll(async () => (await get(port, '/who')).statusCode).toBe(503);
  });
});
