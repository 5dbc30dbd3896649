// Makes merchants with all their keys, shows them and changes their settings.
import type { OutputOf } from '@ozura/contract/endpoint';
import { createMerchant, getMerchant, listMerchants, updateMerchant } from '@ozura/contract/pay/admin/merchants';
import { CannotStart } from '../cannot-start.ts';
import type { Command } from '../command.ts';
import { type Installation, operatorName } from '../operator.ts';
import type { Words } from '../words.ts';
import { createVaultKey, keyLines, originsOf } from './keys.ts';

const settingOptions = ['avs-policy', 'cvv-policy', 'moto-without-cvc', 'return-hosts'];

export const recordCommands: Readonly<Record<string, Command>> = {
  create: { positions: [], options: ['id', 'name', 'origin', ...settingOptions], run: create },
  list: { positions: [], options: [], run: list },
  show: { positions: ['ID'], options: [], run: show },
  update: { positions: ['ID'], options: ['name', ...settingOptions], run: update },
};

/** First at Pay, which knows whether the id is free; then the Vault's keys. */
async function create(installation: Installation, words: Words): Promise<void> {
  const body = {
    merchantId: words.text('id'),
    name: words.needed('name'),
    ...settingsOf(words),
    by: operatorName(words),
  };
  const origins = originsOf(words);
  const { data } = await installation.call(createMerchant, { body });
  const ofPay = { merchantId: data.merchantId, merchantKey: data.merchantKey };
  try {
    const keys = { ...ofPay, ...(await createVaultKey(installation, data.merchantId, origins)) };
    words.print(keys, keyLines(keys));
  } catch (error) {
    // The merchant's key is shown all the same: it cannot be shown again.
    words.print(ofPay, keyLines(ofPay));
    const why = error instanceof Error ? error.message : String(error);
    const later = `ozura merchant key add ${data.merchantId} --kind vault`;
    throw new CannotStart(`the merchant is there, but without a vault key: ${why}\nLater: ${later}`);
  }
}

type ListedMerchant = OutputOf<typeof listMerchants>['data'][number];

async function list(installation: Installation, words: Words): Promise<void> {
  const merchants = await listAllMerchants(installation);
  words.print(
    merchants,
    merchants.map(({ merchantId, name, processors }) =>
      [merchantId.padEnd(32), processors.join(',').padEnd(24), name].join(' '),
    ),
  );
}

export async function listAllMerchants(installation: Installation, after?: string): Promise<ListedMerchant[]> {
  const { data, hasMore } = await installation.call(listMerchants, { query: after === undefined ? {} : { after } });
  return hasMore ? [...data, ...(await listAllMerchants(installation, data.at(-1)?.merchantId))] : data;
}

async function show(installation: Installation, words: Words): Promise<void> {
  const [merchantId = ''] = words.positions;
  const { data } = await installation.call(getMerchant, { params: { merchantId } });
  words.print(data, JSON.stringify(data, null, 2).split('\n'));
}

async function update(installation: Installation, words: Words): Promise<void> {
  const [merchantId = ''] = words.positions;
  const body = { name: words.text('name'), ...settingsOf(words), by: operatorName(words) };
  const { data } = await installation.call(updateMerchant, { params: { merchantId }, body });
  words.print(data, JSON.stringify(data, null, 2).split('\n'));
}

/** What is not given is not sent, and stays as it is. */
function settingsOf(words: Words): Record<string, unknown> {
  const moto = words.text('moto-without-cvc');
  if (moto !== undefined && moto !== 'on' && moto !== 'off') {
    throw new CannotStart('--moto-without-cvc: must be on or off');
  }
  const hosts = words
    .text('return-hosts')
    ?.split(',')
    .map((host) => host.trim());
  return {
    avsPolicy: words.text('avs-policy'),
    cvvPolicy: words.text('cvv-policy'),
    motoWithoutCvc: moto === undefined ? undefined : moto === 'on',
    allowedReturnHosts: hosts?.filter((host) => host !== ''),
  };
}
