// A page that asks for donations with one payment link: as a button, and as a QR code for a poster. `npm run example:donation`
// serves it beside a running installation: `node examples/donation/src/main.ts data/dev.json`.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Ozura, verifyRedirect } from '@ozura/elements/server';
import { donationPage, notPaidPage, thanksPage } from './pages.ts';

interface Keys {
  readonly checkoutUrl: string;
  readonly merchantId: string;
  readonly merchantKey: string;
  readonly vaultKey: string;
}

export interface DonationConfig extends Keys {
  /** On 127.0.0.1; 0 takes any free one. */
  readonly port: number;
}

export interface RunningDonations {
  readonly url: string;
  stop(): Promise<void>;
}

interface Charity {
  readonly ozura: Ozura;
  readonly merchantId: string;
  readonly checkoutUrl: string;
  /** The payment link. */
  readonly linkUrl: string;
}

export async function startDonations(config: DonationConfig): Promise<RunningDonations> {
  const { checkoutUrl, merchantId, merchantKey: apiKey, vaultKey } = config;
  const ozura = new Ozura({ checkoutUrl, merchantId, apiKey, vaultKey });
  const server = createServer().listen(config.port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const charity = { ozura, merchantId, checkoutUrl, linkUrl: await openLink(ozura, url) };
  server.on('request', (request, response) => answer(charity, new URL(request.url ?? '/', url), response));
  return {
    url,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** One link for everybody who gives. The key makes a restart find the link of before instead of making another. */
async function openLink(ozura: Ozura, url: string): Promise<string> {
  const link = await ozura.createPaymentLink({
    merchantName: 'Harbour Library',
    checkoutMode: 'donation',
    donationConfig: { presets: [10, 25, 50], defaultAmount: 25, minAmount: 5, maxAmount: 500 },
    successUrl: `${url}/thanks`,
    cancelUrl: url,
    errorUrl: `${url}/not-paid`,
    expiresInDays: 90,
    idempotencyKey: `harbour-library ${url}`,
  });
  return link.url;
}

async function answer(charity: Charity, url: URL, response: ServerResponse): Promise<void> {
  const html = await pageAt(charity, url).catch(() =>
    notPaidPage('The payment service cannot be reached. Please come back later.'),
  );
  response.writeHead(html === undefined ? 404 : 200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': `default-src 'none'; style-src 'unsafe-inline'; img-src ${charity.checkoutUrl}; base-uri 'none'; frame-ancestors 'none'`,
    'Referrer-Policy': 'no-referrer',
  });
  response.end(html ?? 'There is nothing here');
}

async function pageAt(charity: Charity, url: URL): Promise<string | undefined> {
  if (url.pathname === '/') return donationPage(charity.linkUrl);
  if (url.pathname === '/not-paid') return notPaidPage('Nothing was given.');
  return url.pathname === '/thanks' ? thanks(charity, url) : undefined;
}

/** Whoever types this address gets no receipt: the signature says that the installation sent the donor here. */
async function thanks({ ozura, merchantId, checkoutUrl }: Charity, url: URL): Promise<string> {
  const redirect = await verifyRedirect(url, { merchantId, checkoutUrl });
  if (!redirect.valid) return notPaidPage('This address shows no donation.');
  const { session } = await ozura.getCheckoutSession(redirect.params.sessionId ?? '');
  if (session.status !== 'completed' || session.payment === undefined)
    return notPaidPage('This donation is not paid yet.');
  return thanksPage(session.payment);
}

if (import.meta.main) {
  try {
    const keys = JSON.parse(readFileSync(process.argv[2] ?? 'data/dev.json', 'utf8')) as Keys;
    const { url } = await startDonations({ ...keys, port: 4030 });
    console.log(`Donations are welcome on ${url}`);
  } catch (error) {
    console.error(`Is Ozura running? \`npm start\` in another terminal starts it. (${(error as Error).message})`);
    process.exit(1);
  }
}
