// `npm run example:next`: packs the SDK, installs, builds, and serves this shop beside a running installation.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const root = join(here, '../..');
const keys = process.argv[2] ?? join(root, 'data/dev.json');
if (!existsSync(keys)) {
  console.error(`Is Ozura running? \`npm start\` in another terminal starts it. (There is no ${keys})`);
  process.exit(1);
}
const dev = JSON.parse(readFileSync(keys, 'utf8')) as Record<string, string>;
const env = {
  ...process.env,
  MERCHANT_ID: dev.merchantId,
  MERCHANT_API_KEY: dev.merchantKey,
  VAULT_API_KEY: dev.vaultKey,
  OZURA_PAY_URL: dev.payUrl,
  OZURA_VAULT_URL: dev.vaultUrl,
  OZURA_ELEMENTS_URL: dev.elementsUrl,
};
const next = join(here, 'node_modules/next/dist/bin/next');

execFileSync('npm', ['run', 'sdk'], { cwd: root, stdio: 'inherit' });
execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock'], { cwd: here, stdio: 'inherit' });
execFileSync(process.execPath, [next, 'build'], { cwd: here, env, stdio: 'inherit' });
spawn(process.execPath, [next, 'start', '-H', '127.0.0.1', '-p', '4020'], { cwd: here, env, stdio: 'inherit' });
