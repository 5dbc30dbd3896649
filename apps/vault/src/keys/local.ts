// The root key as a file on this machine. Production keeps it in an external key service or splits it among people
// (contract 13.1).
import type { Mode } from '@ozura/core/ids';
import type { Context } from '@ozura/kit/context';
import { keyOf, type Place, seal, unseal } from '@ozura/kit/envelope';
import { openRootKey } from '@ozura/kit/root-key';
import type { RootKey } from './root-key.ts';

const rootVersion = 1;

export function openLocalRoot(path: string, mode: Mode, context: Context): RootKey {
  const key = { version: rootVersion, key: keyOf(openRootKey(path, mode, context)) };
  return {
    wrap: async (plain: Uint8Array, place: Place) => seal(key, plain, place, context.random),
    unwrap: async (wrapped: Uint8Array, place: Place) => unseal(key, wrapped, place),
  };
}
