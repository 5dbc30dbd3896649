// What the cluster test needs of the machine: Debian's packages. Says which are missing, and how to get them.

import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { thisMachine } from '../this-machine.ts';

export interface Machine {
  readonly haproxy: string;
  readonly redis: string;
  /** Folder with `postgres`, `initdb` and `pg_basebackup`. */
  readonly postgresBin: string;
  /** One line for the report. */
  readonly description: string;
}

export class MissingPackages extends Error {
  constructor(packages: readonly string[]) {
    super(
      `The cluster test needs packages that are not installed: ${packages.join(', ')}.\n` +
        `On Debian and Ubuntu: apt-get install --no-install-recommends ${packages.join(' ')}\n` +
        'Their services need not run: the test starts its own, on free ports of 127.0.0.1.',
    );
    this.name = 'MissingPackages';
  }
}

const FOLDERS = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin'];

export function findMachine(): Machine {
  const haproxy = findProgram('haproxy', '-v');
  const redis = findProgram('valkey-server', '--version') ?? findProgram('redis-server', '--version');
  const postgresBin = findPostgresBin();
  // Ends what it started when the test itself is killed.
  const setpriv = findProgram('setpriv', '--version');
  if (haproxy === undefined || redis === undefined || postgresBin === undefined || setpriv === undefined) {
    throw new MissingPackages([
      ...(haproxy === undefined ? ['haproxy'] : []),
      ...(redis === undefined ? ['redis-server'] : []),
      ...(postgresBin === undefined ? ['postgresql'] : []),
      ...(setpriv === undefined ? ['util-linux'] : []),
    ]);
  }
  return { haproxy, redis, postgresBin, description: describe([haproxy, '-v'], [redis, '--version'], postgresBin) };
}

/** Not that of the packages: it has no `pg_basebackup`. */
export const findPostgresBin = (): string | undefined =>
  globSync('/usr/lib/postgresql/*/bin')
    .sort((one, other) => Number(one.split('/')[4]) - Number(other.split('/')[4]))
    .filter((bin) => answers(join(bin, 'postgres')) && answers(join(bin, 'pg_basebackup')))
    .at(-1);

const answers = (path: string, option = '--version'): boolean =>
  spawnSync(path, [option], { cwd: '/', stdio: 'ignore' }).status === 0;

export const findProgram = (name: string, option: string): string | undefined =>
  FOLDERS.map((folder) => join(folder, name)).find((path) => answers(path, option));

type Command = readonly [path: string, option: string];

function describe(haproxy: Command, redis: Command, postgresBin: string): string {
  const versionOf = ([path, option]: Command): string =>
    /\d+(\.\d+)+/.exec(String(spawnSync(path, [option]).stdout))?.[0] ?? 'unknown';
  const programs = [
    `Node ${process.versions.node}`,
    `PostgreSQL ${versionOf([join(postgresBin, 'postgres'), '--version'])}`,
    `HAProxy ${versionOf(haproxy)}`,
    `${redis[0].includes('valkey') ? 'Valkey' : 'Redis'} ${versionOf(redis)}`,
  ];
  return `${thisMachine()}; ${programs.join(', ')}`;
}
