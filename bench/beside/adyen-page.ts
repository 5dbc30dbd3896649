// A card-only page on `@adyen/adyen-web`, bundled as we bundle our own. Adyen's card fields are documents of Adyen's
// servers, which a lab without them cannot load: stand-ins of a few hundred bytes take their place at the same paths,
// say "configured" as soon as they are asked, and so cost less than anything that takes digits could. What is measured
// is Adyen's code and style sheet and the time that they need; every difference to the real thing is in Adyen's favour.
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { BuildOptions, BuildResult } from 'esbuild';

const here = import.meta.dirname;

export interface AdyenPage {
  readonly url: string;
  readonly close: () => void;
}

type Files = Readonly<Record<string, readonly [type: string, text: string | Uint8Array]>>;

/** Page and fields on origins of their own, as with Adyen. */
export async function openAdyenPage(): Promise<AdyenPage> {
  const fields = await serve(() => ['text/html', FIELD]);
  const files: Files = {
    '/': ['text/html', PAGE],
    '/page.js': ['text/javascript', bundle(pageScript(`${fields.origin}/checkoutshopper/`))],
    '/adyen.css': ['text/css', readFileSync(join(here, 'node_modules/@adyen/adyen-web/dist/es/adyen.css'))],
  };
  const page = await serve((path) => files[path] ?? ['image/svg+xml', PICTURE]);
  return {
    url: `${page.origin}/`,
    close: () => {
      for (const { server } of [page, fields]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

const PAGE = `<!doctype html>
<html lang="en-US"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pay Blue Kettle</title><link rel="stylesheet" href="/adyen.css"><script type="module" src="/page.js"></script></head>
<body><h1>Pay Blue Kettle</h1><p>$18.40</p><div id="card"></div></body></html>`;

/** No analytics, no session call, one payment method: the least that the documentation asks for. */
const pageScript = (fieldsUrl: string): string => `
import { AdyenCheckout, Card } from '@adyen/adyen-web';
const checkout = await AdyenCheckout({
  environment: 'test', clientKey: 'lab', locale: 'en-US', countryCode: 'US', amount: { value: 1840, currency: 'USD' },
  analytics: { enabled: false }, onSubmit() {},
  _environmentUrls: { api: '${fieldsUrl}', cdn: { images: '/images/', translations: '/translations/' } },
});
new Card(checkout, { brands: ['visa', 'mc', 'amex'], hasHolderName: false }).mount('#card');
`;

/** Told how to look, it looks so, and says that it is there. */
const FIELD = `<!doctype html><meta charset="utf-8"><title>Field</title><input inputmode="numeric" aria-label="Field"><script>
addEventListener('message', ({ data }) => {
  const { fieldType, numKey } = JSON.parse(data);
  if (numKey === undefined) return;
  if (fieldType === 'encryptedCardNumber') document.querySelector('input').placeholder = '1234 1234 1234 1234';
  parent.postMessage(JSON.stringify({ action: 'config', fieldType, numKey }), '*');
});
</script>`;

const PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="26"/>';

function bundle(contents: string): Uint8Array {
  const { buildSync } = createRequire(import.meta.url)('esbuild') as {
    buildSync(options: BuildOptions): BuildResult<{ write: false }>;
  };
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: here, loader: 'js' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    write: false,
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

interface Served {
  readonly server: Server;
  readonly origin: string;
}

async function serve(fileAt: (path: string) => Files[string]): Promise<Served> {
  const server = createServer((request, response) => {
    const [type, text] = fileAt(new URL(request.url ?? '/', 'http://localhost').pathname);
    response
      .writeHead(200, { 'Content-Type': `${type}; charset=utf-8`, 'Content-Encoding': 'gzip' })
      .end(gzipSync(text, { level: 9 }));
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return { server, origin: `http://localhost:${(server.address() as AddressInfo).port}` };
}
