// A primary and its synchronous standby, and who decides which is which: what Patroni and the like are in production, as
// small as a test allows. It promotes a standby only while every commit waits for it, and ends the old primary before.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { NextPort } from './ports.ts';
import { openPostgresNode, type PostgresNode } from './postgres-node.ts';
import { openLink, type TcpLink } from './tcp-link.ts';

export interface PairOptions {
  readonly bin: string;
  readonly folder: string;
  readonly password: string;
  readonly nextPort: NextPort;
  readonly tell: (line: string) => void;
}

export interface Member {
  readonly node: PostgresNode;
  /** Answers `GET /primary` with 200 while this one is it. */
  readonly rolePort: number;
  /** Where its standby fetches the log from. */
  readonly replication: TcpLink;
}

export interface PostgresPair {
  readonly members: readonly Member[];
  primary(): Member;
  standby(): Member;
  /** Every commit waits for the standby. */
  isSynchronous(): boolean;
  failovers(): number;
  /** Makes a standby again of a server that was replaced, or starts one that was killed; resolves when commits wait for it. */
  repair(): Promise<void>;
  stop(): Promise<void>;
}

const watchEveryMs = 250;
const missesMax = 4;
const joinTimeoutMs = 60_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function openPair(options: PairOptions): Promise<PostgresPair> {
  const members = [await openMember(options, 'postgres-a'), await openMember(options, 'postgres-b')] as const;
  const [first, second] = members;
  const state = {
    primary: first as Member,
    standby: second as Member,
    isSynchronous: false,
    failovers: 0,
    needsCopy: true,
  };
  await first.node.create();
  await first.node.start();
  await repair(state);
  const roles = await Promise.all(members.map((member) => serveRole(member, () => state.primary)));
  const watch = openWatch(
    () => failOver(state, options.tell),
    () => state.primary,
  );
  return {
    members,
    primary: () => state.primary,
    standby: () => state.standby,
    isSynchronous: () => state.isSynchronous,
    failovers: () => state.failovers,
    repair: () => repair(state),
    async stop() {
      await watch.stop();
      for (const role of roles) {
        role.closeAllConnections();
        role.close();
      }
      await Promise.all(members.map(({ node }) => node.kill()));
      await Promise.all(members.map(({ replication }) => replication.close()));
    },
  };
}

async function openMember({ bin, folder, password, nextPort }: PairOptions, name: string): Promise<Member> {
  const port = await nextPort();
  return {
    node: openPostgresNode({ name, bin, folder, port, password }),
    rolePort: await nextPort(),
    replication: await openLink(`replication from ${name}`, await nextPort(), port),
  };
}

async function serveRole(member: Member, primary: () => Member): Promise<Server> {
  const server = createServer((_request, response) => {
    response.writeHead(primary() === member ? 200 : 503).end();
  }).listen(member.rolePort, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

interface State {
  primary: Member;
  standby: Member;
  isSynchronous: boolean;
  failovers: number;
  /** The standby was a primary until it was replaced: it may hold what nobody was told of. */
  needsCopy: boolean;
}

async function failOver(state: State, tell: (line: string) => void): Promise<void> {
  const { primary, standby } = state;
  // One that only slept must not wake up as a second primary.
  await primary.node.kill();
  if (!state.isSynchronous || !standby.node.isAlive()) {
    tell(`${primary.node.name} is gone, and ${standby.node.name} may lack commits: nobody is promoted`);
    return;
  }
  await standby.node.ask("ALTER SYSTEM SET synchronous_standby_names = ''");
  await standby.node.ask('SELECT pg_promote(true, 20)');
  await standby.node.ask('SELECT pg_reload_conf()');
  Object.assign(state, { primary: standby, standby: primary, isSynchronous: false, needsCopy: true });
  state.failovers += 1;
  tell(`${standby.node.name} is the primary now`);
}

async function repair(state: State): Promise<void> {
  const { primary, standby } = state;
  // Killed, and nobody took its place.
  await primary.node.start();
  if (state.needsCopy) {
    await standby.node.kill();
    await standby.node.copyFrom(primary.replication.port);
    state.needsCopy = false;
  }
  await standby.node.start();
  if (!state.isSynchronous) {
    await untilStandbyIs(primary, "state = 'streaming'");
    await primary.node.ask("ALTER SYSTEM SET synchronous_standby_names = '*'");
    await primary.node.ask('SELECT pg_reload_conf()');
  }
  await untilStandbyIs(primary, "sync_state = 'sync'");
  state.isSynchronous = true;
}

async function untilStandbyIs({ node }: Member, condition: string): Promise<void> {
  const untilMs = Date.now() + joinTimeoutMs;
  while ((await node.ask(`SELECT 1 FROM pg_stat_replication WHERE ${condition}`).catch(() => [])).length === 0) {
    if (Date.now() > untilMs) throw new Error(`${node.name} has no standby with ${condition} in time`);
    await pause(100);
  }
}

/** Looks at the primary again and again; one that does not answer several times in a row is given up. */
function openWatch(giveUp: () => Promise<void>, primary: () => Member) {
  let isStopped = false;
  const run = async (): Promise<void> => {
    for (let misses = 0; !isStopped; await pause(watchEveryMs)) {
      const isThere = await primary()
        .node.ask('SELECT 1')
        .then(
          () => true,
          () => false,
        );
      misses = isThere ? 0 : misses + 1;
      if (misses < missesMax || isStopped) continue;
      await giveUp().catch(() => undefined);
      misses = 0;
    }
  };
  const running = run();
  return {
    async stop() {
      isStopped = true;
      await running;
    },
  };
}
