// HAProxy before everything: the four public names, each over two processes, and the database's name, which leads to
// whoever is the primary.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isListening } from './ports.ts';
import { openVictim, type Victim } from './victim.ts';

export interface Target {
  readonly name: string;
  readonly port: number;
}

export interface Entrance {
  readonly name: string;
  readonly port: number;
  readonly targets: readonly Target[];
}

export interface FrontOptions {
  readonly haproxy: string;
  readonly folder: string;
  /** By name: what is asked and answered over HTTP. */
  readonly entrances: readonly Entrance[];
  readonly database: Entrance & { readonly rolePorts: readonly number[] };
}

export function openFront({ haproxy, folder, entrances, database }: FrontOptions): Victim {
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, [DEFAULTS, ...entrances.map(httpEntrance), databaseEntrance(database)].join('\n'));
  const [first] = entrances;
  return openVictim({
    name: 'haproxy',
    command: [haproxy, '-db', '-f', file],
    logFile: join(folder, 'haproxy.log'),
    isUp: () => isListening(first?.port ?? 0),
  });
}

// A connection that never was is tried at the other process; a request that left is not repeated by a proxy (docs/deploy.md).
const DEFAULTS = `
global
  maxconn 2000
defaults
  timeout connect 1s
  timeout client 60s
  timeout server 40s
  timeout check 2s
  retries 3
  option redispatch 1
`;

/** Goes by readiness, and by life where nobody is ready, as in `deploy/compose`. */
const httpEntrance = ({ name, port, targets }: Entrance): string => `
frontend ${name}-entrance
  mode http
  bind 127.0.0.1:${port}
  option forwardfor
  use_backend ${name}-alive if { nbsrv(${name}) eq 0 }
  default_backend ${name}
${httpBackend(name, '/ready', targets)}
${httpBackend(`${name}-alive`, '/health', targets)}
`;

const httpBackend = (name: string, path: string, targets: readonly Target[]): string => `
backend ${name}
  mode http
  retry-on conn-failure
  option httpchk GET ${path}
  http-check expect status 200
  default-server check inter 500ms fastinter 250ms fall 2 rise 1
${targets.map((target) => `  server ${target.name} 127.0.0.1:${target.port}`).join('\n')}
`;

const databaseEntrance = ({ name, port, targets, rolePorts }: FrontOptions['database']): string => `
listen ${name}
  mode tcp
  bind 127.0.0.1:${port}
  timeout client 1h
  timeout server 1h
  option httpchk GET /primary
  http-check expect status 200
  default-server check inter 200ms fall 4 rise 1 on-marked-down shutdown-sessions
${targets.map((target, i) => `  server ${target.name} 127.0.0.1:${target.port} port ${rolePorts[i]}`).join('\n')}
`;
