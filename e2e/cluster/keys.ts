// What the programs of the cluster are given and keep to themselves: keys, passwords, and where the root keys lie.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Keys {
  readonly checkout: string;
  readonly pay: string;
  readonly admin: string;
  readonly pepper: string;
  readonly rootKeyFile: string;
  readonly payRootKeyFile: string;
  readonly databasePasswords: Readonly<Record<'checkout' | 'pay' | 'vault', string>>;
}

const newKey = (prefix: string): string => `${prefix}_${randomBytes(32).toString('hex').slice(0, 43)}`;

export const makeKeys = (folder: string): Keys => ({
  checkout: newKey('svc'),
  pay: newKey('svc'),
  admin: newKey('adm'),
  pepper: randomBytes(32).toString('hex'),
  rootKeyFile: join(folder, 'root-key'),
  payRootKeyFile: join(folder, 'pay-root-key'),
  databasePasswords: { checkout: newKey('pw'), pay: newKey('pw'), vault: newKey('pw') },
});

/** What each is, by its value. The programs have made the root keys by then. */
export function secretsOf(keys: Keys): Map<string, string> {
  const [rootKey, payRootKey] = [keys.rootKeyFile, keys.payRootKeyFile].map((file) =>
    readFileSync(file, 'utf8').trim(),
  );
  const bare: readonly (readonly [what: string, hex: string | undefined])[] = [
    ['the pepper', keys.pepper],
    ['the root key', rootKey],
    ["Pay's root key", payRootKey],
  ];
  return new Map([
    [keys.checkout, "Checkout's service key"],
    [keys.pay, "Pay's service key"],
    [keys.admin, 'the admin token'],
    ...Object.entries(keys.databasePasswords).map(([name, value]) => [value, `the password of ${name}`] as const),
    ...bare.flatMap(([what, hex = '']) => [
      [hex, what] as const,
      [Buffer.from(hex, 'hex').toString('latin1'), what] as const,
    ]),
  ]);
}
