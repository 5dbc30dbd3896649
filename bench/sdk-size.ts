// `npm run bench:size`: what a page loads for the entry of our SDK, and of others from their npm packages, measured the same way.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packOnce } from '@ozura/tools/sdk/pack';
import { gzippedSize } from '@ozura/tools/sdk/size';

interface Measured {
  readonly install: string;
  readonly code: string;
  /** What comes later from the vendor's host is not in the package and not counted. */
  readonly remark: string;
}

const { tarball } = await packOnce();
const MEASURED: readonly Measured[] = [
  {
    install: tarball,
    code: "export { OzVault } from '@ozura/elements';",
    remark: 'all of it; fields are frames of your own origin',
  },
  {
    install: '@stripe/stripe-js@10.2.1',
    code: "export { loadStripe } from '@stripe/stripe-js';",
    remark: 'a loader: Stripe.js itself comes from js.stripe.com',
  },
  {
    install: '@adyen/adyen-web@6.45.2',
    code: "export { AdyenCheckout, Card } from '@adyen/adyen-web';",
    remark: 'card only; fields come from Adyen',
  },
  {
    install: '@paypal/paypal-js@11.3.0',
    code: "export { loadScript } from '@paypal/paypal-js';",
    remark: 'a loader: the rest comes from paypal.com',
  },
  {
    install: '@basis-theory/web-elements@2.17.0',
    code: "export * from '@basis-theory/web-elements';",
    remark: 'a loader: elements come from js.basistheory.com',
  },
];

const folder = mkdtempSync(join(tmpdir(), 'ozura-size-'));
try {
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['install', ...flags, ...MEASURED.map(({ install }) => install)], { cwd: folder });
  console.log('| package | KB, minified and gzip | |\n|---|--:|---|');
  for (const { install, code, remark } of MEASURED) {
    const file = join(folder, 'entry.js');
    writeFileSync(file, code);
    const name = install === tarball ? '@ozura/elements' : install;
    console.log(`| \`${name}\` | ${((await gzippedSize(file)) / 1024).toFixed(1)} | ${remark} |`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
