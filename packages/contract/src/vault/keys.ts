// Keys of the Vault, for the operator: start a rotation and see how far it is (contract 13.2).
import { boolean, record, withDefault } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { inVaultWords } from './reader.ts';

const progress = {
  running: Type.Boolean(),
  kek_version: Type.Integer(),
  /** Values that are still sealed with an old version. */
  records_left: Type.Integer(),
  /** Of them, those that do not decrypt with the key that they name: they stay, and so does their key. */
  records_unreadable: Type.Integer(),
  /** Keys that are to be replaced or wrapped anew. */
  keys_left: Type.Integer(),
  /** Old versions that are not destroyed yet. */
  keys_to_destroy: Type.Integer(),
};

const byAdmin = { service: 'vault', auth: ['admin'], status: 200, errors: [] } as const;

export const getKeyRotation = endpoint({
  ...byAdmin,
  name: 'getKeyRotation',
  summary: 'Tells how far the rotation of keys is.',
  method: 'GET',
  path: '/keys/rotation',
  input: record({}),
  output: Type.Object({ success: Type.Boolean(), data: Type.Object(progress) }),
});

/** Starts a rotation unless one is running. With `dry_run` nothing happens, and the answer says what would. */
export const startKeyRotation = endpoint({
  ...byAdmin,
  name: 'startKeyRotation',
  summary: 'Starts a rotation of the keys, or tells what it would do.',
  method: 'POST',
  path: '/keys/rotation',
  input: inVaultWords(record({ dry_run: withDefault(boolean, false, 'dryRun') })),
  output: Type.Object({
    success: Type.Boolean(),
    data: Type.Object({ ...progress, started: Type.Boolean() }),
  }),
  errors: ['VALIDATION_FAILED'],
});
