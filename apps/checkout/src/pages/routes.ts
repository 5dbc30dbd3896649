// The hosted pages as routes (contract 2.1).
import { errorAnswer, Refusal } from '@ozura/core/errors';
import { refusalOf } from '@ozura/kit/http/failure';
import { serveFiles } from '@ozura/kit/http/files';
import { refuseOtherMethods } from '@ozura/kit/http/route';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { CheckoutContext } from '../context.ts';
import { linkUrl, loadPaymentLink } from '../payment-links.ts';
import { serveAddressForms } from './address/serve.ts';
import { type Assets, bundleAssets } from './assets.ts';
import { readPolicyReport } from './csp-report.ts';
import { languageFor } from './language.ts';
import { openCheckout } from './open-checkout.ts';
import { openError } from './open-error.ts';
import { openPaymentLink } from './open-payment-link.ts';
import { openPreview } from './preview.ts';
import { qrCode } from './qr-code.ts';
import { genericPage } from './result.ts';
import { sandboxPage } from './sandbox.ts';
import { type Sending, sendPage } from './send-page.ts';

export function registerPages(app: FastifyInstance, context: CheckoutContext): void {
  const assets = bundleAssets();
  serveFiles(app, Object.values(assets));
  serveAddressForms(app);
  servePage(app, { url: '/checkout/:sessionId', context, assets, answer: answerCheckout });
  servePage(app, { url: '/pay/:linkId', context, assets, answer: answerLink });
  serveQrCode(app, context);
  servePage(app, { url: '/error', context, assets, answer: answerError });
  servePage(app, { url: '/preview', context, assets, answer: answerPreview });
  if (context.config.mode === 'test') servePage(app, { url: '/sandbox', context, assets, answer: answerSandbox });
  app.post('/csp-report', async (request, reply) => {
    const report = readPolicyReport(request.body);
    if (report !== undefined) request.log.warn({ report }, 'a page broke its content policy');
    return reply.code(204).send();
  });
  refuseOtherMethods(app, '/csp-report', new Set(['POST']));
}

interface PageRoute {
  readonly url: string;
  readonly context: CheckoutContext;
  readonly assets: Assets;
  readonly answer: (sending: Sending) => Promise<FastifyReply>;
}

function servePage(app: FastifyInstance, { url, context, assets, answer }: PageRoute): void {
  app.get(url, {
    exposeHeadRoute: true,
    errorHandler: (error, request, reply) => answerProblem(error, { context, assets, request, reply }),
    handler: (request, reply) => answer({ context, assets, request, reply }),
  });
  refuseOtherMethods(app, url, new Set(['GET']));
}

async function answerCheckout(sending: Sending): Promise<FastifyReply> {
  const { context, assets, request, reply } = sending;
  await context.limits.count('openCheckoutPage', request.ip, reply);
  const answer = await openCheckout(context, {
    sessionId: (request.params as { sessionId: string }).sessionId,
    assets,
    acceptLanguage: request.headers['accept-language'],
    isHead: request.method === 'HEAD',
  });
  return answer.status === 303 ? reply.redirect(answer.location, 303) : sendPage(sending, answer);
}

async function answerLink(sending: Sending): Promise<FastifyReply> {
  const { context, assets, request, reply } = sending;
  await context.limits.count('openPaymentLink', request.ip, reply);
  const { linkId } = request.params as { linkId: string };
  const answer = await openPaymentLink(context, {
    linkId,
    assets,
    acceptLanguage: request.headers['accept-language'],
    isHead: request.method === 'HEAD',
  });
  if (answer.status !== 303) return sendPage(sending, answer);
  return answer.location === undefined ? reply.code(303).send() : reply.redirect(answer.location, 303);
}

/** For every link that exists, in whatever state: what is printed cannot change. */
function serveQrCode(app: FastifyInstance, context: CheckoutContext): void {
  const url = '/pay/:linkId/qr.svg';
  app.get(url, { exposeHeadRoute: true }, async (request, reply) => {
    const link = await loadPaymentLink(context, (request.params as { linkId: string }).linkId);
    if (link === undefined) throw new Refusal('PAYMENT_LINK_NOT_FOUND');
    return reply
      .type('image/svg+xml')
      .headers({ 'Cache-Control': 'public, max-age=3600', 'Cross-Origin-Resource-Policy': 'cross-origin' })
      .send(qrCode(linkUrl(context, link.id)));
  });
  refuseOtherMethods(app, url, new Set(['GET']));
}

async function answerError(sending: Sending): Promise<FastifyReply> {
  const { context, assets, request } = sending;
  const query = [...new URL(request.url, context.config.urls.checkoutUrl).searchParams];
  const acceptLanguage = request.headers['accept-language'];
  return sendPage(sending, { status: 200, ...(await openError(context, { query, assets, acceptLanguage })) });
}

async function answerPreview(sending: Sending): Promise<FastifyReply> {
  const { context, assets, request } = sending;
  const language = languageFor({ acceptLanguage: request.headers['accept-language'] });
  return sendPage(sending, openPreview(context.config, language, assets));
}

const answerSandbox = async (sending: Sending): Promise<FastifyReply> =>
  sendPage(sending, { status: 200, page: sandboxPage(sending.assets), isSandbox: true });

/** A person is looking: the failure is a page too, and says no more than the code does. */
async function answerProblem(error: unknown, sending: Sending): Promise<FastifyReply> {
  const { request, reply, assets } = sending;
  const refusal = refusalOf(error, request);
  reply.headers({ ...refusal.options.headers });
  const kind = refusal.code === 'RATE_LIMITED' ? 'busy' : 'broken';
  const language = languageFor({ acceptLanguage: request.headers['accept-language'] });
  const { status } = errorAnswer(refusal.code, 'checkout');
  return sendPage(sending, { status, page: genericPage(language, assets, kind) });
}
