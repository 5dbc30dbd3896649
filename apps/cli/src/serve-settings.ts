// What a program is told by its environment, when it runs by itself.

import { isIP } from 'node:net';
import type { BinTable } from '@ozura/core/card/funding';
import type { Secret } from '@ozura/core/secret';
import type { EnvReader, Range } from '@ozura/kit/env';
import type { BaseConfig } from '@ozura/kit/settings';
import { readBinTable } from '@ozura/vault/bins';
import { destinationRule, isDestination } from '@ozura/vault/proxy/destinations';
import { refuseDraft } from './backup/installation-files.ts';
import { readConnections, readDatabaseUrl } from './database-url.ts';
import { pepperOf } from './installation-keys.ts';
import { readPricing } from './pricing-settings.ts';
import { readProcessorHosts } from './processor-hosts.ts';
import { openSecrets, type ReadSecret, readRoot, readRootKeyFile } from './secret-settings.ts';
import type { ProgramName } from './serve-variables.ts';
import { days, readTuning, type Tuning } from './tuning.ts';
import { unreachableUrl } from './unreachable.ts';
import { readUrls, refuseUrl } from './url-settings.ts';

const PORTS: Readonly<Record<ProgramName, number>> = { checkout: 4_000, vault: 4_001, pay: 4_002, sandbox: 4_020 };
const elementsPort = 4_003;
/** 0 takes any free one. */
const ports: Range = { min: 0, max: 65_535 };
/** Longer than Pay takes to answer a sale (contract 8). */
const drainSecondsDefault = 30;
const drainSeconds: Range = { min: 0, max: 3_600 };
const keyIdleSeconds: Range = { min: 0, max: 7 * 24 * 3_600 };

/** A value of this program alone, such as `PAY_PORT`, before one that several programs share. */
const nameOf = (env: EnvReader, program: ProgramName, name: string): string => {
  const own = `${program.toUpperCase()}_${name}`;
  return env.has(own) ? own : name;
};

export interface Place {
  readonly mode: 'test' | 'live';
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly poolMax: number;
  readonly drainMs: number;
}

export const readPlace = (env: EnvReader, program: ProgramName): Place => ({
  mode: env.oneOf('MODE', ['test', 'live'], 'test'),
  host: readHost(env),
  port: env.integer(nameOf(env, program, 'PORT'), PORTS[program], ports),
  databaseUrl: readOwnDatabase(env, program),
  poolMax: readConnections(env),
  drainMs: env.integer('DRAIN_SECONDS', drainSecondsDefault, drainSeconds) * 1_000,
});

/** Whether it is one of this machine is seen when it is listened at. */
function readHost(env: EnvReader): string {
  const host = env.text('HOST', '127.0.0.1');
  if (isIP(host) === 0 && !/^[\w.-]+$/.test(host))
    env.refuse('HOST', 'must be an IP address or a name, such as 0.0.0.0 or ::');
  return host;
}

function readOwnDatabase(env: EnvReader, program: ProgramName): string {
  const name = nameOf(env, program, 'DATABASE_URL');
  const url = readDatabaseUrl(env, name, `data/${program}.db`);
  refuseDraft(env, name, url);
  return url;
}

interface Base {
  readonly tuning: Tuning;
  readonly secret: ReadSecret;
  /** All but the log, which is opened when everything has been read. */
  readonly config: Omit<BaseConfig, 'log'>;
}

function readBase(env: EnvReader, program: ProgramName): Base {
  const place = readPlace(env, program);
  const tuning = readTuning(env, place.mode);
  const secret = openSecrets(env, place.mode);
  const urls = readUrls(env, program, place.mode);
  const pepper = pepperOf(secret(nameOf(env, program, 'PEPPER')));
  return { tuning, secret, config: { ...place, urls, pepper, ...tuning.traffic } };
}

export function readCheckout(env: EnvReader) {
  const { config, tuning, secret } = readBase(env, 'checkout');
  const { sessionLifetimeSeconds, maxFailedAttempts, publicSessionBilling, ofCheckout } = tuning;
  const serviceKey = secret('CHECKOUT_SERVICE_KEY');
  const rules = { sessionLifetimeSeconds, maxFailedAttempts, publicSessionBilling, ...ofCheckout, ...toldMax(tuning) };
  return { ...config, serviceKey, ...rules, ...adminToken(env, secret), ...crashAt(tuning) };
}

export function readPay(env: EnvReader) {
  const { config, tuning, secret } = readBase(env, 'pay');
  const serviceKeys = readServiceKeys(secret);
  return {
    ...config,
    serviceKey: serviceKeys.pay,
    acceptedServiceKeys: { checkout: serviceKeys.checkout },
    ...readPricing(env),
    sandbox: { url: sandboxUrl(env), unreachableUrl },
    processorHosts: readProcessorHosts(env, config.mode),
    rootKeyFile: readRootKeyFile(env, 'PAY_ROOT_KEY_FILE', 'data/keys/pay-root-key', config.mode),
    autoVoidLateApprovals: env.oneOf('AUTO_VOID_LATE_APPROVALS', ['true', 'false'], 'true') === 'true',
    ...adminToken(env, secret),
    ...crashAt(tuning),
  };
}

const readServiceKeys = (secret: ReadSecret) => ({
  checkout: secret('CHECKOUT_SERVICE_KEY'),
  pay: secret('PAY_SERVICE_KEY'),
});

/** Of Checkout and Pay, which can do without. */
const adminToken = (env: EnvReader, secret: ReadSecret): { readonly adminToken?: Secret<string> } =>
  env.has('ADMIN_TOKEN') ? { adminToken: secret('ADMIN_TOKEN') } : {};

function sandboxUrl(env: EnvReader): string {
  const url = env.text('SANDBOX_URL', `http://127.0.0.1:${PORTS.sandbox}`);
  refuseUrl(env, 'SANDBOX_URL', url, 'test');
  return url;
}

export function readVault(env: EnvReader) {
  const { config, tuning, secret } = readBase(env, 'vault');
  return {
    ...config,
    elementsPort: readElementsPort(env, config.port),
    ...readRoot(env, config.mode),
    serviceKeys: readServiceKeys(secret),
    adminToken: secret('ADMIN_TOKEN'),
    processorDestinations: readDestinations(env, config.mode),
    expiredCardDays: env.integer('EXPIRED_CARD_DAYS', 0, days),
    unusedTokenDays: env.integer('UNUSED_TOKEN_DAYS', 0, days),
    keyIdleSeconds: env.integer('KEY_IDLE_SECONDS', 10, keyIdleSeconds),
    extraTestCards: readExtraTestCards(env, config.mode),
    deduplicatedMerchants: env.list('DEDUPLICATED_MERCHANTS'),
    cvcSeconds: tuning.cvcSeconds,
    ...adminTokenEnd(env),
    ...binTable(env),
    ...crashAt(tuning),
  };
}

function readElementsPort(env: EnvReader, port: number): number {
  const own = env.integer('ELEMENTS_PORT', elementsPort, ports);
  if (own === port && own !== 0) env.refuse('ELEMENTS_PORT', 'must be another one than PORT');
  return own;
}

function readDestinations(env: EnvReader, mode: Place['mode']): readonly string[] {
  const further = env.list('PROCESSOR_DESTINATIONS');
  for (const entry of further)
    if (!isDestination(entry, { mode, processorDestinations: further }))
      env.refuse('PROCESSOR_DESTINATIONS', `${entry} ${destinationRule}`);
  const own = Object.values(readProcessorHosts(env, mode));
  return [...(mode === 'test' ? [sandboxUrl(env)] : []), ...own, ...further];
}

/** None is repeated: somebody may have taken a real card for one. */
function readExtraTestCards(env: EnvReader, mode: Place['mode']): readonly string[] {
  const cards = env.list('EXTRA_TEST_CARDS');
  if (mode === 'live' && cards.length > 0) env.refuse('EXTRA_TEST_CARDS', 'is for test mode only');
  if (!cards.every((card) => /^[0-9]{12,19}$/.test(card))) env.refuse('EXTRA_TEST_CARDS', 'must be card numbers');
  return cards;
}

function adminTokenEnd(env: EnvReader): { readonly adminTokenExpiresAtMs?: number } {
  if (!env.has('ADMIN_TOKEN_EXPIRES_AT')) return {};
  const endMs = Date.parse(env.text('ADMIN_TOKEN_EXPIRES_AT'));
  if (Number.isNaN(endMs)) env.refuse('ADMIN_TOKEN_EXPIRES_AT', 'must be a time such as 2026-03-04T09:30:00Z');
  return { adminTokenExpiresAtMs: endMs };
}

function binTable(env: EnvReader): { readonly binTable?: BinTable } {
  if (!env.has('BIN_TABLE')) return {};
  try {
    return { binTable: readBinTable(env.text('BIN_TABLE')) };
  } catch (error) {
    env.refuse('BIN_TABLE', (error as Error).message);
    return {};
  }
}

const toldMax = ({ declinesToldMax }: Tuning): { readonly declinesToldMax?: number } =>
  declinesToldMax === undefined ? {} : { declinesToldMax };

const crashAt = (tuning: Tuning): { readonly crashAt?: string } =>
  tuning.crashAt === undefined ? {} : { crashAt: tuning.crashAt };
