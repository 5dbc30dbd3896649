// For monitoring (contract 14.4): how far a rotation of the keys has come. Versions and counts, never a key.
import type { VaultContext } from './context.ts';
import { countKeysByPurpose } from './store/keys.ts';

export function watchKeys({ db, metrics }: VaultContext): void {
  metrics.watch({
    name: 'ozura_vault_key_version',
    help: 'Highest version of the keys, by purpose.',
    read: async () =>
      (await countKeysByPurpose(db)).map(({ purpose, version }) => ({ labels: { purpose }, value: version })),
  });
  metrics.watch({
    name: 'ozura_vault_keys',
    help: 'Keys by purpose: current ones, and those that were replaced and still open something.',
    read: async () =>
      (await countKeysByPurpose(db)).flatMap(({ purpose, current, retired }) => [
        { labels: { purpose, state: 'current' }, value: Number(current) },
        { labels: { purpose, state: 'retired' }, value: Number(retired) },
      ]),
  });
}
