// Secrets, and where root keys are: what is wrong with one is said with everything else, and none of it is shown.
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Mode } from '@ozura/core/ids';
import { Secret } from '@ozura/core/secret';
import type { EnvReader } from '@ozura/kit/env';
import { readRootKey } from '@ozura/kit/root-key';
import type { RootSettings } from '@ozura/vault/config';
import { readKmsCredentials } from '@ozura/vault/keys/kms-credentials';
import { refuseUrl } from './url-settings.ts';

export type ReadSecret = (name: string) => Secret<string>;

const charactersMin = 32;

/** Reads one after the other. In live mode nobody guesses one, and none opens what another one is for. */
export function openSecrets(env: EnvReader, mode: Mode): ReadSecret {
  const names = new Map<string, string>();
  return (name) => {
    const value = env.secret(name);
    if (value === '') return new Secret(value);
    const isPepper = name.endsWith('PEPPER');
    const first = names.get(value);
    // Of one service key for both Checkout could use the proxy (contract 0.2).
    if (first !== undefined && (mode === 'live' || name === 'PAY_SERVICE_KEY'))
      env.refuse(name, `must be another one than ${first}`);
    if ((mode === 'live' || isPepper) && value.length < charactersMin)
      env.refuse(name, `must have at least ${charactersMin} characters: "openssl rand -hex 32" makes some`);
    if (!isPepper && !/^[!-~]+$/.test(value)) env.refuse(name, 'must be ASCII without a space: it stands in a header');
    names.set(value, first ?? name);
    return new Secret(value);
  };
}

export function readRootKeyFile(env: EnvReader, name: string, path: string, mode: Mode): string {
  const file = env.text(name, path);
  refuseThrown(env, name, () => isPipe(file) || readRootKey(file, mode));
  return file;
}

/** It tells what is in it once, and that is for the start. */
const isPipe = (path: string): boolean => existsSync(path) && statSync(path).isFIFO();

function refuseThrown(env: EnvReader, name: string, read: () => unknown): void {
  try {
    read();
  } catch (error) {
    env.refuse(name, (error as Error).message);
  }
}

/** Where the Vault's root key is (contract 13.1). */
export function readRoot(env: EnvReader, mode: Mode): { readonly rootKeyFile: string; readonly root?: RootSettings } {
  const provider = env.oneOf('ROOT_KEY', ['file', 'aws-kms', 'shamir'], 'file');
  const file = 'data/keys/root-key';
  if (provider === 'file') return { rootKeyFile: readRootKeyFile(env, 'ROOT_KEY_FILE', file, mode) };
  const rootKeyFile = env.text('ROOT_KEY_FILE', file);
  if (provider === 'shamir') return { rootKeyFile, root: { provider, socket: readUnsealSocket(env) } };
  return { rootKeyFile, root: { provider, ...readKms(env, mode) } };
}

function readKms(env: EnvReader, mode: Mode) {
  const [keyId, region, endpoint] = [env.text('KMS_KEY_ID'), env.text('KMS_REGION'), env.text('KMS_ENDPOINT')];
  if (endpoint !== '') refuseUrl(env, 'KMS_ENDPOINT', endpoint, mode);
  const credentialsFile = env.text('KMS_CREDENTIALS_FILE');
  if (credentialsFile !== '') refuseThrown(env, 'KMS_CREDENTIALS_FILE', () => readKmsCredentials(credentialsFile));
  return { keyId, region, endpoint, credentialsFile };
}

export const readUnsealSocket = (env: EnvReader): string => resolve(env.text('UNSEAL_SOCKET', 'data/vault.sock'));
