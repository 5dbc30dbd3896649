// The edges of `deploy/`: what is for operators does not pass them, everything else does, and somebody answers while anybody lives.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Paths, pathsOf } from './operator-paths.ts';
import { at, listAt, readYaml } from './tree.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const PROGRAMS = ['checkout', 'pay', 'vault'] as const;

/** `ozura merchant create` calls Pay where it is, and the Vault by its public name. */
const isPublic = (path: string): boolean => path.startsWith('/api/applications');

interface Edge {
  readonly name: string;
  denies(program: string, path: string): boolean;
}

const haproxy = (file: string): Edge => {
  const rules = [...read(file).matchAll(/^ {2}acl is_operators (\S+) -i -m beg (.+)$/gm)];
  expect(
    rules.map(([, what]) => what),
    file,
  ).toEqual(['path', 'path,url_dec']);
  const [first = [], second = []] = rules.map(([, , list = '']) => list.split(' '));
  expect(second).toEqual(first);
  expect(read(file)).toContain('\n  http-request deny deny_status 404 if is_operators\n');
  return { name: file, denies: (_program, path) => first.some((denied) => path.startsWith(denied)) };
};

const ingress = (file: string): Edge => {
  const rules = readYaml(read(file)).flatMap((manifest) => listAt(manifest, 'spec.rules'));
  const placeOf = (program: string, path: string): unknown => {
    const [rule] = rules.filter((one) => String(at(one, 'host')).startsWith(`${program}.`));
    const [longest] = listAt(rule, 'http.paths')
      .filter((one) => `${path}/`.startsWith(`${at(one, 'path')}/`.replace('//', '/')))
      .sort((one, other) => String(at(other, 'path')).length - String(at(one, 'path')).length);
    return at(longest, 'backend.service.name');
  };
  return { name: file, denies: (program, path) => placeOf(program, path) === 'nowhere' };
};

const EDGES = [
  ...globSync('deploy/compose/haproxy{,.live}.cfg', { cwd: root }).map(haproxy),
  ingress('deploy/kubernetes/ingress.yaml'),
];

test('there are three edges', () => {
  expect(EDGES).toHaveLength(3);
});

describe.each(EDGES)('$name', ({ denies }) => {
  const among = (paths: keyof Paths) =>
    PROGRAMS.flatMap((program) => pathsOf(program)[paths].map((path) => [program, path] as const));

  test('denies every path that only the operator may call', () => {
    const paths = among('operators');
    for (const known of ['/metrics', '/api/v1/admin/merchants', '/keys/rotation', '/imports/key'])
      expect(paths.map(([, path]) => path)).toContain(known);
    // The card fields come from the Vault, too.
    expect(
      [...paths, ['fields', '/metrics'] as const].filter(
        ([program, path]) => !isPublic(path) && !denies(program, path),
      ),
    ).toEqual([]);
  });

  test('lets through everything else', () => {
    const paths = [...among('others'), ...among('operators').filter(([, path]) => isPublic(path))];
    expect(paths.length).toBeGreaterThan(60);
    expect(paths.filter(([program, path]) => denies(program, path))).toEqual([]);
  });
});

describe.each(['haproxy.cfg', 'haproxy.live.cfg'])('%s', (name) => {
  const text = read(`deploy/compose/${name}`);

  test('goes by readiness, and by life where nobody is ready', () => {
    const backends = text.split(/^backend /m).slice(1);
    const names = ['checkout', 'pay', 'vault', 'fields'];
    for (const [i, backend] of backends.entries()) {
      const [program = ''] = [names[i % 4]];
      const isSecond = i >= 4;
      expect(backend).toMatch(new RegExp(`^${program}${isSecond ? '-alive' : ''}\\n`));
      expect(backend).toContain(`option httpchk GET ${isSecond ? '/health' : '/ready'}\n`);
      // The same servers.
      expect(backend.split('\n')[2]).toBe(backends[i % 4]?.split('\n')[2]);
    }
    const chosen = [...text.matchAll(/^ {2}use_backend (.+)$/gm)].map(([, rule]) => rule);
    expect(chosen).toEqual([
      ...names.map((one) => `${one}-alive if is_${one} { nbsrv(${one}) eq 0 }`),
      ...names.map((one) => `${one} if is_${one}`),
    ]);
  });

  test('repeats connections and never requests', () => {
    expect(text).toMatch(/^ {2}retry-on conn-failure$/m);
  });

  test('believes no client who it is', () => {
    const [, edge = ''] = text.split(/^frontend edge$/m);
    expect(edge).toContain('\n  http-request del-header X-Forwarded-For\n');
    expect(text).toContain('\n  option forwardfor\n');
  });
});
