// Every page of the shop, and what its button does.
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buy, type Shop } from './buy.ts';
import { fulfil, receiveWebhook } from './fulfil.ts';
import { productPage } from './pages/product.ts';
import { cartPage, notFoundPage, paidPage, problemPage, thanksPage, unavailablePage } from './pages/result.ts';
import { verify, verifyVisit } from './verify.ts';

const css = readFileSync(new URL('./store.css', import.meta.url));
const formMaxBytes = 1_024;
const webhookMaxBytes = 32_768;

type Answer =
  | { readonly status: number; readonly html: string }
  | { readonly status: 303; readonly location: string }
  | { readonly status: 200; readonly css: Buffer }
  | { readonly status: 204 | 400 };

export function openApp(shop: Shop, report: (problem: string) => void): Server {
  const policy = `default-src 'none'; style-src 'self'; img-src data:; form-action 'self' ${shop.checkoutUrl}; base-uri 'none'; frame-ancestors 'none'`;
  return createServer(async (request, response) => {
    response.setHeader('Content-Security-Policy', policy);
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    const url = new URL(request.url ?? '/', shop.url);
    const answer = await answerTo(shop, request, url).catch((error: unknown): Answer => {
      report(error instanceof Error ? error.message : String(error));
      return { status: 502, html: unavailablePage(1) };
    });
    write(response, answer);
  });
}

async function answerTo(shop: Shop, request: IncomingMessage, url: URL): Promise<Answer> {
  const order = shop.orders.find(url.searchParams.get('order') ?? '');
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /':
      return { status: 200, html: productPage() };
    case 'POST /buy':
      return { status: 303, location: await buy(shop, new URLSearchParams(await readBody(request, formMaxBytes))) };
    case 'POST /webhooks':
      return { status: await hearWebhook(shop, request) };
    case 'GET /thanks': {
      const paid = order === undefined && (await verifyVisit(url, shop));
      if (paid) return { status: 200, html: paidPage(paid) };
      if (order === undefined) break;
      const { verdict, session } = await verify(shop.ozura, order);
      if (verdict === 'paid') fulfil(shop, order);
      return { status: 200, html: thanksPage(order, verdict, session) };
    }
    case 'GET /cart':
      return { status: 200, html: cartPage(order) };
    case 'GET /problem':
      return { status: 200, html: problemPage(order, url.searchParams.get('errorCode') ?? '') };
    case 'GET /store.css':
      return { status: 200, css };
  }
  return { status: 404, html: notFoundPage() };
}

function write(response: ServerResponse, answer: Answer): void {
  if ('location' in answer) response.writeHead(303, { Location: answer.location }).end();
  else if ('css' in answer) response.writeHead(200, { 'Content-Type': 'text/css; charset=utf-8' }).end(answer.css);
  else if (!('html' in answer)) response.writeHead(answer.status).end();
  else response.writeHead(answer.status, { 'Content-Type': 'text/html; charset=utf-8' }).end(answer.html);
}

/** Who cannot be believed is refused, and whoever was believed is not asked to come again. */
async function hearWebhook(shop: Shop, request: IncomingMessage): Promise<204 | 400> {
  const body = await readBody(request, webhookMaxBytes);
  return receiveWebhook(shop, body, request.headers).then(
    () => 204,
    () => 400,
  );
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBytes) throw new Error('the request is too large');
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
