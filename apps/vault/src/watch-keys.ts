// For monitoring (contract 14.4): whether the Vault has its keys, and how far a rotation of them has come. Versions and
// counts, never a key.
import type { VaultContext } from './context.ts';
import { countKeysByPurpose } from './store/keys.ts';

export function watchKeys({ db, metrics }: VaultContext, isSealed: () => boolean): void {
  metrics.watch({
    name: 'ozura_vault_sealed',
    help: '1 while this process waits for shares of the root key, and serves nobody.',
    read: async () => [{ value: isSealed() ? 1 : 0 }],
  });
  metrics.watchTogether(
    () => countKeysByPurpose(db),
    [
      {
        name: 'ozura_vault_key_version',
        help: 'Highest version of the keys, by purpose.',
        of: (counts) => counts.map(({ purpose, version }) => ({ labels: { purpose }, value: version })),
      },
      {
        name: 'ozura_vault_keys',
        help: 'Keys that were replaced and still open something, by purpose.',
        of: (counts) =>
          counts.map(({ purpose, retired }) => ({ labels: { purpose, state: 'retired' }, value: Number(retired) })),
      },
    ],
  );
}
