// `ozura vault rotate` and `status` (contract 13.2).
import type { OutputOf } from '@ozura/contract/endpoint';
import { getKeyRotation, startKeyRotation } from '@ozura/contract/vault/keys';
import { CannotStart } from '../cannot-start.ts';
import type { Installation } from '../operator.ts';
import type { Words } from '../words.ts';

type Progress = OutputOf<typeof getKeyRotation>['data'];

const lookEveryMs = 500;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function rotate(installation: Installation, words: Words): Promise<void> {
  const isDry = words.has('dry-run');
  const { data } = await installation.call(startKeyRotation, { body: { dry_run: isDry } });
  if (isDry) {
    return words.print(data, [
      `a rotation would replace or wrap anew ${data.keys_left} keys, encrypt ${data.records_left} values again and`,
      `destroy ${data.keys_to_destroy} old versions; nothing was changed`,
    ]);
  }
  const isForPeople = !words.has('json');
  if (isForPeople) console.log(data.started ? 'rotation started' : 'a rotation is running already');
  let progress: Progress = data;
  while (progress.running) {
    if (isForPeople) console.log(lineOf(progress));
    if (isStuck(progress)) throw new CannotStart(stuck(progress));
    await pause(lookEveryMs);
    progress = (await installation.call(getKeyRotation)).data;
  }
  words.print(progress, [`done: key-encryption key ${progress.kek_version}, all values on the newest keys`]);
}

export async function showKeys(installation: Installation, words: Words): Promise<void> {
  const { data } = await installation.call(getKeyRotation);
  words.print(data, [
    `key-encryption key: version ${data.kek_version}`,
    data.running ? `rotating: ${lineOf(data)}` : 'all values are on the newest keys',
  ]);
}

const lineOf = ({ records_left, keys_left, keys_to_destroy }: Progress): string =>
  `${records_left} values to encrypt again, ${keys_left} keys to replace, ${keys_to_destroy} old versions to destroy`;

/** Nothing is left but what cannot be read. */
const isStuck = ({ records_left, records_unreadable, keys_left }: Progress): boolean =>
  records_unreadable > 0 && records_left === records_unreadable && keys_left === 0;

const stuck = ({ records_unreadable }: Progress): string =>
  `${records_unreadable} values do not decrypt with the key that they name (the Vault's log says which); their key stays until they are deleted`;
