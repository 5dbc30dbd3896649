// What only the outermost key can do (contract 13.1): a local file, an external key service, or a key put together from
// shares.
import type { Place } from '@ozura/kit/envelope';

export interface RootKey {
  wrap(plain: Uint8Array, place: Place): Promise<Uint8Array>;
  unwrap(wrapped: Uint8Array, place: Place): Promise<Uint8Array>;
}
