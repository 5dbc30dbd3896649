// What is done to the cluster: processes that are killed and put to sleep, servers that go, links that fail.
import type { Chance } from '../simulation/world.ts';
import type { Cluster } from './cluster.ts';
import type { Instance, ProgramName } from './programs.ts';
import type { Holding } from './schedule.ts';
import type { TcpLink, Weather } from './tcp-link.ts';
import type { Victim } from './victim.ts';

export interface Fault {
  /** Who it meets. */
  readonly target: string;
  strike(): Promise<void>;
  heal(): Promise<void>;
  /** Whose `/ready` has to say meanwhile that this is missing. */
  readonly noticed?: { readonly instance: Instance; readonly missing: string };
}

type MakeFault = (cluster: Cluster, chance: Chance) => Fault;

interface Kind {
  readonly holding: Holding;
  readonly make: MakeFault;
}

const pickOf = ({ instances }: Cluster, chance: Chance, program?: ProgramName): Instance =>
  chance.pick(instances.filter((instance) => program === undefined || instance.program === program));

const killed =
  (victimOf: (cluster: Cluster, chance: Chance) => Victim): MakeFault =>
  (cluster, chance) => {
    const victim = victimOf(cluster, chance);
    return { target: victim.name, strike: () => victim.kill(), heal: () => victim.start() };
  };

const asleep =
  (victimOf: (cluster: Cluster, chance: Chance) => Victim): MakeFault =>
  (cluster, chance) => {
    const victim = victimOf(cluster, chance);
    return { target: victim.name, strike: async () => victim.pause(), heal: async () => victim.resume() };
  };

const linkIs =
  (weather: Weather, linkOf: (cluster: Cluster, chance: Chance) => TcpLink): MakeFault =>
  (cluster, chance) => {
    const link = linkOf(cluster, chance);
    return { target: link.name, strike: () => link.set(weather), heal: () => link.set('open') };
  };

const databaseLinkIs =
  (weather: Weather): MakeFault =>
  (cluster, chance) => {
    const instance = pickOf(cluster, chance);
    const fault = linkIs(weather, () => instance.database)(cluster, chance);
    return weather === 'slow' ? fault : { ...fault, noticed: { instance, missing: 'database' } };
  };

const everythingKilled: MakeFault = ({ instances }) => ({
  target: 'all six',
  strike: async () => void (await Promise.all(instances.map(({ process }) => process.kill()))),
  heal: async () => void (await Promise.all(instances.map(({ process }) => process.start()))),
});

/** Ends when another one is the primary. What was the primary is its standby later. */
const primaryLost =
  (lose: (victim: Victim) => Promise<void> | void): MakeFault =>
  ({ pair }) => {
    const before = pair.failovers();
    const { node } = pair.primary();
    return {
      target: node.name,
      strike: async () => lose(node),
      async heal() {
        const untilMs = Date.now() + promotionTimeoutMs;
        while (pair.failovers() === before) {
          if (Date.now() > untilMs) throw new Error(`nobody took the place of ${node.name}`);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      },
    };
  };
const promotionTimeoutMs = 30_000;

const primaryAndProcessKilled: MakeFault = (cluster, chance) => {
  const [primary, process] = [
    primaryLost((victim) => victim.kill())(cluster, chance),
    killed(() => pickOf(cluster, chance).process)(cluster, chance),
  ];
  return {
    target: `${primary.target} and ${process.target}`,
    strike: async () => void (await Promise.all([primary.strike(), process.strike()])),
    async heal() {
      await primary.heal();
      await process.heal();
    },
  };
};

const process =
  (program: ProgramName) =>
  (cluster: Cluster, chance: Chance): Victim =>
    pickOf(cluster, chance, program).process;
const front = (cluster: Cluster, chance: Chance): TcpLink => pickOf(cluster, chance).front;
const standby = ({ pair }: Cluster): Victim => pair.standby().node;
const replication = ({ pair }: Cluster): TcpLink => pair.primary().replication;
const cacheServer = (cluster: Cluster): Victim => cluster.cacheServer;
const cache = (cluster: Cluster): TcpLink => cluster.cache;
const processor = (cluster: Cluster): TcpLink => cluster.processor;

export const FAULTS = {
  'Checkout process killed': { holding: [1, 3], make: killed(process('checkout')) },
  'Pay process killed': { holding: [1, 3], make: killed(process('pay')) },
  'Vault process killed': { holding: [1, 3], make: killed(process('vault')) },
  'all processes killed at once': { holding: [1, 2], make: everythingKilled },
  // Longer than a lane of webhooks is leased, then than a plan and an attempt are.
  'Checkout process asleep': { holding: [7, 9], make: asleep(process('checkout')) },
  'Pay process asleep': { holding: [21, 23], make: asleep(process('pay')) },
  'Vault process asleep': { holding: [3, 6], make: asleep(process('vault')) },
  'HAProxy killed': { holding: [1, 2], make: killed((cluster) => cluster.front) },
  'process cut off': { holding: [2, 4], make: linkIs('cut', front) },
  'process silent': { holding: [3, 6], make: linkIs('silent', front) },
  'answers of a process lost': { holding: [2, 4], make: linkIs('losing-answers', front) },
  'process slow': { holding: [3, 4], make: linkIs('slow', front) },
  'database cut off from a process': { holding: [4, 6], make: databaseLinkIs('cut') },
  'database silent for a process': { holding: [12, 15], make: databaseLinkIs('silent') },
  'answers of the database lost': { holding: [4, 6], make: databaseLinkIs('losing-answers') },
  'database slow for a process': { holding: [3, 5], make: databaseLinkIs('slow') },
  'primary killed': { holding: [0, 0], make: primaryLost((victim) => victim.kill()) },
  'primary asleep': { holding: [0, 0], make: primaryLost((victim) => victim.pause()) },
  'primary and a process killed': { holding: [0, 0], make: primaryAndProcessKilled },
  // Longer than a commit is waited for.
  'standby killed': { holding: [9, 11], make: killed(standby) },
  'standby asleep': { holding: [3, 6], make: asleep(standby) },
  'replication cut': { holding: [3, 5], make: linkIs('cut', replication) },
  'replication silent': { holding: [3, 5], make: linkIs('silent', replication) },
  'cache killed': { holding: [2, 4], make: killed(cacheServer) },
  'cache asleep': { holding: [2, 4], make: asleep(cacheServer) },
  'cache cut off': { holding: [2, 4], make: linkIs('cut', cache) },
  'cache silent': { holding: [2, 4], make: linkIs('silent', cache) },
  'processor cut off': { holding: [2, 4], make: linkIs('cut', processor) },
  'processor silent': { holding: [3, 5], make: linkIs('silent', processor) },
  'answers of the processor lost': { holding: [2, 4], make: linkIs('losing-answers', processor) },
} as const satisfies Readonly<Record<string, Kind>>;

export type FaultKind = keyof typeof FAULTS;
