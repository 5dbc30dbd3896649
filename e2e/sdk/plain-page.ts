// A merchant without a bundler: one page with a script tag, and two routes on the SDK's handlers. Under a strict policy and `require-corp`.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCardSaleHandler, createSessionHandler, type FetchHandler, type Ozura } from '@ozura/elements/server';

export interface PlainShop {
  readonly url: string;
  stop(): Promise<void>;
}

interface Facts {
  readonly ozura: Ozura;
  readonly elementsUrl: string;
  /** `<script src=… integrity=… crossorigin>` */
  readonly scriptTag: string;
}

export async function openPlainShop({ ozura, elementsUrl, scriptTag }: Facts): Promise<PlainShop> {
  const routes: Readonly<Record<string, FetchHandler>> = {
    '/api/oz-session': createSessionHandler(ozura),
    '/api/charge': createCardSaleHandler(ozura, { getAmount: () => '49.00' }),
  };
  const server = createServer(async (request, response) => {
    const route = routes[request.url ?? ''];
    if (route !== undefined) return send(await route(await fetchRequest(request)), response);
    const policy = `default-src 'none'; script-src ${elementsUrl}; frame-src ${elementsUrl}; connect-src 'self'; require-trusted-types-for 'script'`;
    response.writeHead(200, {
      'content-type': 'text/html',
      'content-security-policy': policy,
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(`<!doctype html><title>Shop</title>
<div id="number"></div><div id="date"></div><div id="code"></div><div id="account"></div><div id="routing"></div>
${scriptTag}`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function fetchRequest(request: IncomingMessage): Promise<Request> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const headers = { 'content-type': request.headers['content-type'] ?? '', 'x-real-ip': '203.0.113.9' };
  return new Request(`http://shop.test${request.url}`, { method: request.method ?? 'GET', headers, body });
}

async function send(answer: Response, response: ServerResponse): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
}
