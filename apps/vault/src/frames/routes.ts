// The Elements origin: the documents of the card fields and of the tokenizer, and their files.
import { Refusal } from '@ozura/core/errors';
import type { Context } from '@ozura/kit/context';
import type { Database } from '@ozura/kit/db/handle';
import { openOutbound } from '@ozura/kit/fetch';
import { serveFiles } from '@ozura/kit/http/files';
import { serveHealth } from '@ozura/kit/http/health';
import { openRateLimits } from '@ozura/kit/http/rate-limit';
import { openRouter, refuseOtherMethods } from '@ozura/kit/http/route';
import { openServer } from '@ozura/kit/http/server';
import type { BaseConfig } from '@ozura/kit/settings';
import type { FastifyInstance } from 'fastify';
import { findApplicationByPubKey } from '../store/applications.ts';
import { ancestorsOf, type FrameQuery } from './ancestors.ts';
import { frameLanguage } from './language.ts';
import { bundleFrames, framePage } from './page.ts';
import { bundleScriptTag, FOR_EVERY_ORIGIN } from './script-tag.ts';
import { openSigningKeys } from './signing-keys.ts';

export interface FramesContext extends Context {
  readonly config: Pick<BaseConfig, 'mode' | 'urls' | 'trustedProxies'>;
  readonly db: Database;
}

const FRAME = '/v1/frame/:name';
type FrameRoute = { Params: { name: string }; Querystring: FrameQuery };

/** Listens on a port of its own: the origin is what keeps card values from every other page. */
export function openFrames(context: FramesContext): FastifyInstance {
  const { mode, urls, trustedProxies } = context.config;
  const app = openServer({ service: 'vault', context, trustedProxies, https: urls.elementsUrl.startsWith('https:') });
  const outbound = openOutbound();
  app.addHook('onClose', () => outbound.close());
  const signingKeys = openSigningKeys(context, outbound.send, urls.checkoutUrl);
  const originsOf = async (pubKey: string) => (await findApplicationByPubKey(context.db, pubKey))?.origins;
  const files = bundleFrames();
  const scriptTag = bundleScriptTag();
  serveFiles(app, [...Object.values(files), ...scriptTag], FOR_EVERY_ORIGIN);
  app.get<FrameRoute>(FRAME, { exposeHeadRoute: true }, async ({ params, query }, reply) => {
    const rules = { mode, checkoutUrl: urls.checkoutUrl, signingKeys, now: () => context.db.now(), originsOf };
    const ancestors = await ancestorsOf(query, rules);
    const page = framePage(params.name, files, {
      vaultUrl: urls.vaultUrl,
      ancestors,
      language: frameLanguage(query.lang),
    });
    if (page === undefined) throw new Refusal('NOT_FOUND');
    return reply.headers(page.headers).send(page.body);
  });
  refuseOtherMethods(app, FRAME, new Set(['GET']));
  const router = openRouter(app, openRateLimits());
  serveHealth(router, 'vault', { database: () => context.db.check() });
  router.finish();
  return app;
}
