// What `ozura start` is told by its environment, and where things are then.
import { resolve } from 'node:path';
import type { ProcessorHosts } from '@ozura/core/processor-hosts';
import type { EnvReader } from '@ozura/kit/env';
import type { Urls } from '@ozura/kit/settings';
import { type Databases, readConnections, readDatabases } from './database-url.ts';
import { type PricingSettings, readPricing } from './pricing-settings.ts';
import { readProcessorHosts } from './processor-hosts.ts';
import { readLogLevel, readTuning, type Tuning } from './tuning.ts';

export interface Ports {
  readonly checkout: number;
  readonly vault: number;
  readonly pay: number;
  readonly elements: number;
  readonly store: number;
}

export interface StartSettings {
  readonly dataDir: string;
  readonly host: string;
  readonly ports: Ports;
  readonly urls: Urls;
  readonly storeUrl: string;
  readonly databases: Databases;
  readonly poolMax: number;
  readonly logLevel: string;
  readonly tuning: Tuning;
  readonly pricing: PricingSettings;
  readonly processorHosts: ProcessorHosts;
}

const portBaseDefault = 4_000;
const portMax = 65_535;
const storeOffset = 10;

export function readStartSettings(env: EnvReader): StartSettings {
  const base = env.integer('PORT_BASE', portBaseDefault, { min: 1, max: portMax - storeOffset });
  const dataDir = resolve(env.text('DATA_DIR', 'data'));
  const logLevel = readLogLevel(env);
  const tuning = readTuning(env, 'test');
  const pricing = readPricing(env);
  const processorHosts = readProcessorHosts(env, 'test');
  const [databases, poolMax] = [readDatabases(env, dataDir), readConnections(env)];
  env.finish();
  const ports = { checkout: base, vault: base + 1, pay: base + 2, elements: base + 3, store: base + storeOffset };
  return {
    dataDir,
    host: '127.0.0.1',
    ports,
    urls: {
      checkoutUrl: localUrl(ports.checkout),
      vaultUrl: localUrl(ports.vault),
      payUrl: localUrl(ports.pay),
      elementsUrl: localUrl(ports.elements),
    },
    storeUrl: localUrl(ports.store),
    databases,
    poolMax,
    logLevel,
    tuning,
    pricing,
    processorHosts,
  };
}

const localUrl = (port: number): string => `http://localhost:${port}`;
