import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnv } from '@ozura/kit/env';
import { afterAll, expect, test } from 'vitest';
import { readCheckout, readPay, readVault } from './serve-settings.ts';
import { serveHelp } from './serve-variables.ts';

type Variables = Record<string, string | undefined>;

const complete: Variables = {
  PEPPER: 'p'.repeat(43),
  CHECKOUT_SERVICE_KEY: 'svc_checkout',
  PAY_SERVICE_KEY: 'svc_pay',
  ADMIN_TOKEN: 'adm_1',
};
const folder = mkdtempSync(join(tmpdir(), 'ozura-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));
const rootKey = 'ab'.repeat(32);
const keyFile = join(folder, 'root-key');
writeFileSync(keyFile, `${rootKey}\n`, { mode: 0o400 });

const live: Variables = {
  MODE: 'live',
  CHECKOUT_URL: 'https://checkout.example',
  VAULT_URL: 'https://vault.example',
  PAY_URL: 'https://pay.example',
  ELEMENTS_URL: 'https://fields.example',
  CHECKOUT_SERVICE_KEY: `svc_${'c'.repeat(43)}`,
  PAY_SERVICE_KEY: `svc_${'p'.repeat(43)}`,
  ADMIN_TOKEN: `adm_${'a'.repeat(43)}`,
  ROOT_KEY_FILE: keyFile,
  PAY_ROOT_KEY_FILE: keyFile,
};
const readers = { checkout: readCheckout, pay: readPay, vault: readVault };

function problemsOf(read: (typeof readers)[keyof typeof readers], variables: Variables): readonly string[] {
  const env = readEnv({ ...complete, ...variables });
  read(env);
  try {
    env.finish();
    return [];
  } catch (error) {
    return (error as { problems: readonly string[] }).problems;
  }
}

test('Pay and the Vault of a test installation know the sandbox without being told, one that is live does not', () => {
  const destinations = (variables: Variables) =>
    readVault(readEnv({ ...complete, ...variables })).processorDestinations;
  const { url } = readPay(readEnv(complete)).sandbox;
  expect(destinations({})).toContain(url);
  expect(destinations({ SANDBOX_URL: 'http://127.0.0.1:9' })).toContain('http://127.0.0.1:9');
  expect(destinations({ MODE: 'live' })).not.toContain(url);
});

test.each(Object.entries(readers))(
  '%s can be told everything that it reads, and the help lists it',
  (program, read) => {
    const asked = new Set<string>();
    const recording = new Proxy<Variables>(complete, {
      get(target, name: string) {
        asked.add(name);
        return target[name];
      },
    });
    const env = readEnv(recording);
    read(env);
    env.finish();
    const help = serveHelp();
    for (const name of asked) {
      const shared = name
        .replace(/(?<!ROOT_KEY)_FILE$/, '')
        .replace(new RegExp(`^${program.toUpperCase()}_(?=PORT|DATABASE|PEPPER)`), '');
      expect(help, name).toMatch(new RegExp(`^  ${shared} `, 'm'));
    }
  },
);

test('every problem is named at once', () => {
  expect(
    problemsOf(readVault, {
      MODE: 'demo',
      PORT: 'x',
      VAULT_URL: 'nowhere',
      CVC_SECONDS: '5',
      PEPPER: 'short',
      DATABASE_CONNECTIONS: '0',
      HOST: '[::]',
    }),
  ).toEqual(
    expect.arrayContaining([
      'MODE: must be one of test, live',
      'PORT: must be a whole number',
      'VAULT_URL: must be an http or https URL',
      'CVC_SECONDS: must be between 30 and 600',
      'PEPPER: must have at least 32 characters: "openssl rand -hex 32" makes some',
      'DATABASE_CONNECTIONS: must be between 1 and 10000',
      'HOST: must be an IP address or a name, such as 0.0.0.0 or ::',
    ]),
  );
});

test('a variable or a file with nothing in it is none', () => {
  const nothing = Object.fromEntries(Object.keys(complete).map((name) => [name, '']));
  expect(problemsOf(readVault, nothing)).toEqual(
    ['PEPPER', 'CHECKOUT_SERVICE_KEY', 'PAY_SERVICE_KEY', 'ADMIN_TOKEN'].map(
      (name) => `${name}: is required, or ${name}_FILE`,
    ),
  );
  expect(problemsOf(readPay, { PEPPER: '', PEPPER_FILE: '/dev/null' })).toEqual(['PEPPER_FILE: is an empty file']);
  const { host, port, databaseUrl } = readPay(readEnv({ ...complete, HOST: '', PORT: '', DATABASE_URL: '' }));
  expect([host, port, databaseUrl]).toEqual(['127.0.0.1', 4_002, 'data/pay.db']);
});

test('numbers are within what can be', () => {
  expect(
    problemsOf(readVault, {
      PORT: '65536',
      ELEMENTS_PORT: '70000',
      DRAIN_SECONDS: '3000000',
      EXPIRED_CARD_DAYS: '99999',
    }),
  ).toEqual([
    'PORT: must be between 0 and 65535',
    'DRAIN_SECONDS: must be between 0 and 3600',
    'ELEMENTS_PORT: must be between 0 and 65535',
    'EXPIRED_CARD_DAYS: must be between 0 and 36500',
  ]);
  expect(problemsOf(readCheckout, { SESSION_LIFETIME_SECONDS: '0', MAX_FAILED_ATTEMPTS: '0' })).toEqual([
    'SESSION_LIFETIME_SECONDS: must be between 1 and 315360000',
    'MAX_FAILED_ATTEMPTS: must be between 1 and 1000000',
  ]);
});

test('a database is an address of PostgreSQL or a file, and never a folder by the name of another address', () => {
  const problemsWith = (url: string) => problemsOf(readPay, { DATABASE_URL: url });
  for (const url of ['postgres://pay:p%40ss@db:5432/pay?sslmode=verify-full', 'postgresql:///pay?host=/run/pg', 'x.db'])
    expect(problemsWith(url), url).toEqual([]);
  expect(problemsWith('postgres://pay@/pay?host=/run/postgresql')).toEqual([]);
  for (const url of ['mysql://db/pay', 'POSTGRES://db/pay', 'file:///data/pay.db'])
    expect(problemsWith(url), url).toEqual(['DATABASE_URL: must be a postgres:// URL or the path of a file']);
  expect(problemsWith(`postgres://db/pay?sslmode=verify-full&sslrootcert=${keyFile}`)).toEqual([]);
  expect(problemsWith('postgres://db/pay?sslmode=verify-full&sslrootcert=/nowhere/ca.pem')).toEqual([
    'DATABASE_URL: /nowhere/ca.pem cannot be read',
  ]);
  expect(problemsWith('postgres://pay:p@db:54321x/pay')).toEqual([
    'DATABASE_URL: is no URL: in a password write @ : / ? # as %40 %3A %2F %3F %23',
  ]);
});

test('a program does not begin anew where a restore was cut off', () => {
  const path = join(folder, 'pay.db');
  writeFileSync(`${path}.restoring`, 'payments');
  expect(problemsOf(readPay, { DATABASE_URL: path })).toEqual([
    `DATABASE_URL: ${path}: a restore was cut off: "ozura restore" with the same words finishes it`,
  ]);
  // Of another try, and nobody's.
  writeFileSync(path, 'payments');
  expect(problemsOf(readPay, { DATABASE_URL: path })).toEqual([]);
});

test('addresses, destinations, service keys and further test cards are looked at before the start', () => {
  const wrong = {
    PAY_URL: 'ftp://pay.example',
    CHECKOUT_URL: 'https://checkout.example/?x=1',
    PAY_SERVICE_KEY: complete.CHECKOUT_SERVICE_KEY,
    PROCESSOR_DESTINATIONS: 'https://processor.example/,nowhere',
    EXTRA_TEST_CARDS: 'x',
  };
  expect(problemsOf(readVault, wrong)).toEqual([
    'CHECKOUT_URL: must be an http or https URL',
    'PAY_URL: must be an http or https URL',
    'PAY_SERVICE_KEY: must be another one than CHECKOUT_SERVICE_KEY',
    expect.stringMatching(/^PROCESSOR_DESTINATIONS: nowhere must be an https URL of one host/),
    'EXTRA_TEST_CARDS: must be card numbers',
  ]);
  expect(
    problemsOf(readVault, {
      ...live,
      PROCESSOR_DESTINATIONS: 'http://processor.example',
      EXTRA_TEST_CARDS: '4539148803436467',
    }),
  ).toEqual([
    expect.stringMatching(/^PROCESSOR_DESTINATIONS: http:\/\/processor\.example must be an https URL/),
    'EXTRA_TEST_CARDS: is for test mode only',
  ]);
});

test('sessions are not removed before everything about them is over', () => {
  const kept = { UNPAID_SESSION_DAYS: '31', PAID_SESSION_DAYS: '539' };
  expect(problemsOf(readCheckout, kept)).toEqual([
    'UNPAID_SESSION_DAYS: must be 0, or at least 32',
    'PAID_SESSION_DAYS: must be 0, or at least 540',
  ]);
  expect(problemsOf(readCheckout, { UNPAID_SESSION_DAYS: '32', PAID_SESSION_DAYS: '540' })).toEqual([]);
  expect(problemsOf(readCheckout, { UNPAID_SESSION_DAYS: 'x' })).toEqual([
    'UNPAID_SESSION_DAYS: must be a whole number',
  ]);
});

test('a collector of spans is an address, and gets a part of the traces', () => {
  const [endpoint, ratio] = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_TRACES_SAMPLER_ARG'];
  expect(problemsOf(readPay, { [endpoint]: 'collector:4318', [ratio]: '1.5' })).toEqual([
    `${endpoint}: must be an http or https URL, such as http://127.0.0.1:4318`,
    `${ratio}: must be a number from 0 to 1`,
  ]);
  expect(problemsOf(readPay, { [endpoint]: 'http://127.0.0.1:4318', [ratio]: '0.25' })).toEqual([]);
});

test('live mode wants https for all four origins, except on this machine', () => {
  expect(problemsOf(readCheckout, live)).toEqual([]);
  expect(problemsOf(readCheckout, { ...live, PAY_URL: 'http://[::1]:4002' })).toEqual([]);
  for (const name of ['CHECKOUT_URL', 'VAULT_URL', 'PAY_URL', 'ELEMENTS_URL']) {
    expect(problemsOf(readPay, { ...live, [name]: 'http://pay.example' })).toEqual([
      `${name}: must be https in live mode`,
    ]);
  }
  expect(problemsOf(readPay, { PAY_URL: 'http://pay.example' })).toEqual([]);
});

test('the four origins are separate in live mode, and the two ports of the Vault always', () => {
  const one = 'https://pay.example';
  const shared = { VAULT_URL: `${one}/vault`, PAY_URL: one };
  expect(problemsOf(readPay, { ...live, ...shared })).toEqual(['PAY_URL: must be another origin than VAULT_URL']);
  expect(problemsOf(readPay, shared)).toEqual([]);
  expect(problemsOf(readVault, { PORT: '4003' })).toEqual(['ELEMENTS_PORT: must be another one than PORT']);
  expect(problemsOf(readVault, { PORT: '0', ELEMENTS_PORT: '0' })).toEqual([]);
});

test('a live program knows every address that it uses', () => {
  const none = { CHECKOUT_URL: '', VAULT_URL: '', PAY_URL: '', ELEMENTS_URL: '' };
  const missing = (read: (typeof readers)['pay' | 'vault' | 'checkout']) => problemsOf(read, { ...live, ...none });
  const required = (...names: string[]) => names.map((name) => `${name}: is required in live mode`);
  expect(missing(readCheckout)).toEqual(required(...Object.keys(none)));
  expect(missing(readVault)).toEqual(required('CHECKOUT_URL', 'VAULT_URL', 'ELEMENTS_URL'));
  expect(missing(readPay)).toEqual(required('VAULT_URL', 'PAY_URL'));
  expect(problemsOf(readPay, { ...live, VAULT_URL: 'http://localhost:4001' })).toEqual([]);
});

test('in live mode no secret is short, and none is that of another', () => {
  const short = ': must have at least 32 characters: "openssl rand -hex 32" makes some';
  const one = '1'.repeat(32);
  const weak = { CHECKOUT_SERVICE_KEY: 'c', PAY_SERVICE_KEY: 'p', ADMIN_TOKEN: 'x' };
  expect(problemsOf(readVault, { ...live, ...weak })).toEqual(Object.keys(weak).map((name) => `${name}${short}`));
  expect(problemsOf(readCheckout, { ...live, ADMIN_TOKEN: 'x' })).toEqual([`ADMIN_TOKEN${short}`]);
  expect(problemsOf(readVault, weak)).toEqual([]);
  const shared = { VAULT_PEPPER: one, PAY_SERVICE_KEY: one, ADMIN_TOKEN: one };
  expect(problemsOf(readVault, { ...live, ...shared })).toEqual([
    'PAY_SERVICE_KEY: must be another one than VAULT_PEPPER',
    'ADMIN_TOKEN: must be another one than VAULT_PEPPER',
  ]);
  expect(problemsOf(readCheckout, { PEPPER: one, ADMIN_TOKEN: one })).toEqual([]);
});

test('a secret that does not fit into a header is told at the start', () => {
  for (const ADMIN_TOKEN of ['adm 1', 'adm_é', 'adm_1\n'])
    expect(problemsOf(readPay, { ADMIN_TOKEN })).toEqual([
      'ADMIN_TOKEN: must be ASCII without a space: it stands in a header',
    ]);
});

test('what is wrong with a root key is told with everything else, and never the key', () => {
  const at = (name: string, text: string, mode: number): string => {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), mode);
    return join(folder, name);
  };
  const problemsWith = (path: string, mode: Variables = live) => [
    ...problemsOf(readPay, { ...mode, PORT: 'x', PAY_ROOT_KEY_FILE: path }),
    ...problemsOf(readVault, { ...mode, ROOT_KEY_FILE: path }),
  ];
  const told = (why: string) => ['PORT: must be a whole number', `PAY_ROOT_KEY_FILE: ${why}`, `ROOT_KEY_FILE: ${why}`];
  const absent = 'There is no root key at /none; live mode does not make one by itself';
  expect(problemsWith('/none')).toEqual(told(absent));
  expect(problemsWith('/none', {})).toEqual(['PORT: must be a whole number']);
  const [open, half] = [at('open', rootKey, 0o444), at('half', rootKey.slice(32), 0o400)];
  for (const mode of [live, {}]) {
    expect(problemsWith(open, mode)).toEqual(told(`The root key ${open} may be read by others; chmod it to 0400`));
    const shape = `${half} is not a root key: 64 hex digits, as "openssl rand -hex 32" makes them`;
    expect(problemsWith(half, mode)).toEqual(told(shape));
    expect(problemsWith(folder, mode)).toEqual(told(`The root key ${folder} cannot be read: EISDIR`));
  }
});

test('credentials of a key service are looked at in time, and go over https in live mode', () => {
  const kms = { ROOT_KEY: 'aws-kms', KMS_KEY_ID: 'alias/vault', KMS_REGION: 'eu-central-1', ROOT_KEY_FILE: '/none' };
  const wrong = { KMS_ENDPOINT: 'http://kms.example', KMS_CREDENTIALS_FILE: keyFile };
  expect(problemsOf(readVault, { ...live, ...kms, ...wrong })).toEqual([
    'KMS_ENDPOINT: must be https in live mode',
    `KMS_CREDENTIALS_FILE: ${keyFile} holds no credentials for the key service`,
  ]);
  const file = join(folder, 'kms-credentials');
  const right = { KMS_ENDPOINT: 'https://kms.example', KMS_CREDENTIALS_FILE: file };
  expect(problemsOf(readVault, { ...kms, ...right })).toEqual([
    `KMS_CREDENTIALS_FILE: the credentials for the key service cannot be read: ${file}`,
  ]);
  writeFileSync(file, '[default]\naws_access_key_id = a\naws_secret_access_key = b\n');
  expect(problemsOf(readVault, { ...live, ...kms, ...right })).toEqual([]);
});

test('a name with a slip is told, unless the right one is set or it is of somebody else', () => {
  const slips = { VAULT_DATABASE_URI: 'a.db', TRUSTED_PROXEIS: '::1', RATE_LIMIT: 'on', ADMIN_TOKENS: 'x' };
  expect(problemsOf(readVault, slips)).toEqual([
    'VAULT_DATABASE_URI: is not known: is VAULT_DATABASE_URL meant?',
    'TRUSTED_PROXEIS: is not known: is TRUSTED_PROXIES meant?',
    'RATE_LIMIT: is not known: is RATE_LIMITS meant?',
  ]);
  const others = { VAULT_ADDR: 'http://127.0.0.1:8200', NODE: '/usr/bin/node', DATABASE_URI: 'x', HOSTNAME: 'pod-1' };
  expect(problemsOf(readVault, { ...others, DATABASE_URL: 'a.db', VAULT_DATABASE_URI: '' })).toEqual([]);
});

test('what is for tests is refused in live mode', () => {
  expect(problemsOf(readPay, { ...live, CRASH_AT: 'P2-after', RATE_LIMITS: 'off' })).toEqual([
    'RATE_LIMITS: cannot be off in live mode',
    'CRASH_AT: is for tests only',
  ]);
});

test("a program's own variable wins over a shared one", () => {
  const env = readEnv({ ...complete, PORT: '1', PAY_PORT: '2', DATABASE_URL: 'a.db', VAULT_DATABASE_URL: 'b.db' });
  expect([readPay(env).port, readVault(env).port, readPay(env).databaseUrl, readVault(env).databaseUrl]).toEqual([
    2,
    1,
    'a.db',
    'b.db',
  ]);
});

test('a tax provider is a URL, and what is wrong with a file of surcharge rules is said by row and member', () => {
  const file = join(folder, 'rules.json');
  const rule = { country: 'US', state: 'CT', capPercent: '0', source: 'https://law.example/', date: '2026-03-04' };
  const problemsWith = (text: string): readonly string[] => {
    writeFileSync(file, text);
    return problemsOf(readPay, { SURCHARGE_RULES: file });
  };
  expect(problemsWith(JSON.stringify([rule]))).toEqual([]);
  expect(problemsWith(JSON.stringify([{ ...rule, capPercent: '4' }]))).toEqual([
    `SURCHARGE_RULES: ${file}: rules[0].capPercent: must be between 0 and 3.00`,
  ]);
  expect(problemsWith('[')).toEqual([`SURCHARGE_RULES: ${file} cannot be read as JSON`]);
  expect(problemsOf(readPay, { TAX_PROVIDER_URL: 'tax.example' })).toEqual([
    'TAX_PROVIDER_URL: must be an http or https URL',
  ]);
});

test('limits are on, off or numbers by name; proxies are addresses and networks; the store is a Redis URL', () => {
  const read = (variables: Variables) => readCheckout(readEnv({ ...complete, ...variables }));
  const notRedis = 'REDIS_URL: must be a redis:// or rediss:// URL, such as redis://:password@cache:6379/0';
  expect(read({})).toMatchObject({ trustedProxies: [] });
  expect(read({}).rateLimits).toBeUndefined();
  expect(read({ RATE_LIMITS: 'createSession=10, openPaymentLink=5' }).rateLimits).toEqual({
    createSession: 10,
    openPaymentLink: 5,
  });
  expect(read({ TRUSTED_PROXIES: '10.0.0.1, 10.1.0.0/16, ::1' }).trustedProxies).toHaveLength(3);
  expect(read({ REDIS_URL: 'rediss://:secret@cache:6379/1' }).redisUrl?.open()).toBe('rediss://:secret@cache:6379/1');
  expect(
    problemsOf(readCheckout, {
      RATE_LIMITS: 'createSession=0,x=5',
      TRUSTED_PROXIES: 'proxy,10.0.0.0/33,0.0.0.0/0',
      REDIS_URL: 'x',
    }),
  ).toEqual([
    'RATE_LIMITS: must be on, off or a list such as createSession=600, not createSession=0',
    'RATE_LIMITS: must be on, off or a list such as createSession=600, not x=5',
    notRedis,
    'TRUSTED_PROXIES: proxy is not an IP address or network',
    'TRUSTED_PROXIES: 10.0.0.0/33 is not an IP address or network',
    "TRUSTED_PROXIES: 0.0.0.0/0 would trust everybody: name the proxies' own network",
  ]);
  for (const REDIS_URL of ['redis:6379', 'redis://cache/all', 'redis://:100%@cache'])
    expect(problemsOf(readCheckout, { REDIS_URL }), REDIS_URL).toEqual([notRedis]);
});
