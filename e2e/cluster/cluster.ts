// The whole cluster on one machine: HAProxy, two of each program, a pair of PostgreSQL servers, a cache and a processor.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../ports.ts';
import { openFront } from './front.ts';
import type { Machine } from './machine.ts';
import { isListening, type NextPort } from './ports.ts';
import { openPair, type PostgresPair } from './postgres-pair.ts';
import { openPrograms, PROGRAMS, type Programs, readyAt, readyOf, type Urls } from './programs.ts';
import type { TcpLink } from './tcp-link.ts';
import { openVictim, type Victim } from './victim.ts';

export interface Cluster extends Programs {
  readonly folder: string;
  readonly urls: Urls;
  readonly front: Victim;
  readonly cacheServer: Victim;
  readonly pair: PostgresPair;
  /** Every link, to be opened again. */
  readonly links: readonly TcpLink[];
  /** Resolves when every process says that it can work, and HAProxy lets through to it. */
  untilReady(): Promise<void>;
}

const readyTimeoutMs = 60_000;

export async function startCluster(machine: Machine, tell: (line: string) => void): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'ozura-cluster-'));
  // PostgreSQL runs as another user, who has to get to his own folder in it.
  chmodSync(folder, 0o711);
  const nextPort = freePort;
  const password = randomBytes(18).toString('base64url');
  const { urls, ports } = await nameAll(nextPort);
  const [databasePort, cachePort] = [await nextPort(), await nextPort()];
  const pair = await openPair({ bin: machine.postgresBin, folder, password, nextPort, tell });
  const programs = await openPrograms({ folder, nextPort, urls, databasePort, cachePort });
  const cacheServer = openCache(machine.redis, folder, cachePort);
  const front = openFront({
    haproxy: machine.haproxy,
    folder,
    entrances: [
      ...PROGRAMS.map((name) => ({ name, port: ports[name], targets: programs.targetsOf(name) })),
      { name: 'elements', port: ports.elements, targets: programs.elementsTargets },
    ],
    database: {
      name: 'database',
      port: databasePort,
      targets: pair.members.map(({ node }) => ({ name: node.name, port: node.port })),
      rolePorts: pair.members.map(({ rolePort }) => rolePort),
    },
  });
  const links = [
    programs.processor,
    programs.cache,
    ...programs.instances.flatMap((instance) => [instance.front, instance.database]),
    ...pair.members.map(({ replication }) => replication),
  ];
  const stop = async (): Promise<void> => {
    await programs.stop();
    await Promise.all([front.kill(), cacheServer.kill(), pair.stop()]);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await createDatabases(pair, programs);
    await Promise.all([front.start(), cacheServer.start()]);
    await programs.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...programs,
    folder,
    urls,
    front,
    cacheServer,
    pair,
    links,
    untilReady: () => untilReady(programs, urls),
    stop,
  };
}

async function nameAll(nextPort: NextPort) {
  const ports = {
    checkout: await nextPort(),
    vault: await nextPort(),
    pay: await nextPort(),
    elements: await nextPort(),
  };
  const at = (port: number): string => `http://127.0.0.1:${port}`;
  const urls: Urls = {
    checkoutUrl: at(ports.checkout),
    vaultUrl: at(ports.vault),
    payUrl: at(ports.pay),
    elementsUrl: at(ports.elements),
  };
  return { ports, urls };
}

/** Each program has its own database, which nobody else may enter. */
async function createDatabases(pair: PostgresPair, { keys }: Programs): Promise<void> {
  for (const program of PROGRAMS) {
    await pair.primary().node.ask(`CREATE ROLE ${program} LOGIN PASSWORD '${keys.databasePasswords[program]}'`);
    await pair.primary().node.ask(`CREATE DATABASE ${program} OWNER ${program}`);
    await pair.primary().node.ask(`REVOKE ALL ON DATABASE ${program} FROM PUBLIC`);
  }
}

const openCache = (command: string, folder: string, port: number): Victim =>
  openVictim({
    name: 'cache',
    command: [command, '--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    logFile: join(folder, 'cache.log'),
    cwd: folder,
    isUp: () => isListening(port),
  });

async function untilReady({ instances }: Programs, urls: Urls): Promise<void> {
  const startedAtMs = Date.now();
  for (;;) {
    const states = await Promise.all(instances.map(readyOf));
    const names = await Promise.all(Object.values(urls).map(readyAt));
    const tookMs = Date.now() - startedAtMs;
    if ([...states, ...names].every(({ isReady }) => isReady)) return;
    if (tookMs > readyTimeoutMs) {
      const not = instances.map(
        ({ process }, i) => `${process.name}: ${states[i]?.isReady ? 'ready' : states[i]?.missing}`,
      );
      throw new Error(`not ready after ${readyTimeoutMs / 1_000} s: ${not.join('; ')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
