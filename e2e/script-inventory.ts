// Every script that may run on the payment page and in its frames, with its reason (PCI DSS 6.4.3). The table of
// docs/pci-scope.md is written from here by `npm run scripts`.
import { readFileSync, writeFileSync } from 'node:fs';
import { bundleAssets } from '@ozura/checkout/pages/assets';
import type { BrowserFile } from '@ozura/kit/bundle';
import { bundleFrames } from '@ozura/vault/frames/page';

export interface InventoryRow {
  readonly origin: 'Checkout' | 'Elements';
  /** Without the digest that its address has. */
  readonly script: string;
  readonly integrity: string;
  readonly loadedBy: string;
  readonly reason: string;
}

const stemOf = ({ name }: BrowserFile): string => name.replace(/\.[0-9a-f]{12}\.js$/, '');

export function scriptInventory(): InventoryRow[] {
  const page = bundleAssets();
  const frames = bundleFrames();
  const row = (origin: InventoryRow['origin'], file: BrowserFile, loadedBy: string, reason: string): InventoryRow => ({
    origin,
    script: stemOf(file),
    integrity: file.integrity,
    loadedBy,
    reason,
  });
  return [
    row(
      'Checkout',
      page.checkoutScript,
      'form of a payment or plan',
      'mounts the card fields, checks the other fields, asks for prices, pays, watches the time',
    ),
    row('Checkout', page.donateScript, 'form of a donation', 'the same, and the choice of an amount'),
    row(
      'Checkout',
      page.phoneScript,
      'both forms, at the field for the phone',
      'writes the number as the country does',
    ),
    row(
      'Checkout',
      page.framedScript,
      'pages inside a merchant’s iframe',
      'tells the height; offers a window of its own when the card fields are blocked',
    ),
    row('Checkout', page.previewScript, 'preview', 'follows the look that the merchant tries; cannot pay'),
    row('Checkout', page.sandboxScript, 'developers’ page, in test mode', 'watches and steers the sandbox; cannot pay'),
    row(
      'Checkout',
      page.pageScript,
      'all other pages',
      'the merchant’s colours; waits for an outcome; tells the embedding page',
    ),
    row(
      'Elements',
      frames.hostedCardElement,
      'frame of each card field of the hosted page',
      'takes the digits, formats and judges them',
    ),
    row(
      'Elements',
      frames.merchantCardElement,
      'the same on merchants’ own pages',
      'the same, in their themes and fonts',
    ),
    row('Elements', frames.bankElement, 'frame of each field for a bank account', 'the same'),
    row(
      'Elements',
      frames.hostedTokenizer,
      'hidden frame of the hosted page',
      'sends what the fields hold to the Vault, and nothing else anywhere',
    ),
    row('Elements', frames.merchantTokenizer, 'hidden frame of merchants’ own pages', 'the same, and bank accounts'),
  ];
}

const BEGIN = '<!-- scripts: written by `npm run scripts` -->';
const END = '<!-- end of scripts -->';
const page = new URL('../docs/pci-scope.md', import.meta.url);

/** docs/pci-scope.md as it should be. */
export function pageWithInventory(text = readFileSync(page, 'utf8')): string {
  const [head = '', rest = ''] = text.split(BEGIN);
  const [, tail = ''] = rest.split(END);
  const rows = scriptInventory().map(
    ({ origin, script, loadedBy, reason, integrity }) =>
      `| ${origin} \`${script}\` | ${loadedBy} | ${reason} | \`${integrity}\` |`,
  );
  const table = ['| script | loaded by | why it is there | integrity |', '|---|---|---|---|', ...rows].join('\n');
  return `${head}${BEGIN}\n\n${table}\n\n${END}${tail}`;
}

export const writeInventory = (): void => writeFileSync(page, pageWithInventory());
