// What Checkout, Vault and Pay tell of themselves (contract 14.4), as `npm run openapi` has written it: `GET /openapi.json`
// for programs, `GET /docs` for people.
import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describesItself } from '@ozura/contract/health';
import type { Service } from '@ozura/core/errors';
import type { FastifyInstance } from 'fastify';
import { readsGzip } from './files.ts';
import { type Router, refuseOtherMethods } from './route.ts';

const written = (name: string): Promise<string> =>
  readFile(new URL(`../../../../docs/api/${name}`, import.meta.url), 'utf8');

export function serveDescription(router: Pick<Router, 'serve'>, service: Service): void {
  let document: Promise<object> | undefined;
  router.serve(describesItself(service), {
    authenticate: async () => undefined,
    handle: () => {
      document ??= written(`${service}.json`).then((text) => JSON.parse(text) as object);
      return document;
    },
  });
}

/** Under each of `prefixes`, like the routes it describes. */
export function serveDescriptionPage(app: FastifyInstance, service: Service, prefixes: readonly string[] = ['']): void {
  let page: Promise<DescriptionPage> | undefined;
  for (const prefix of prefixes) {
    const url = `${prefix}/docs`;
    app.get(url, { exposeHeadRoute: true }, async (request, reply) => {
      page ??= written(`${service}.html`).then(pageOf);
      const { html, gzipped, policy } = await page;
      const zipped = readsGzip(request);
      reply.type('text/html; charset=utf-8').headers({ 'Content-Security-Policy': policy, Vary: 'Accept-Encoding' });
      if (zipped) reply.header('Content-Encoding', 'gzip');
      return reply.send(zipped ? gzipped : html);
    });
    refuseOtherMethods(app, url, new Set(['GET']));
  }
}

interface DescriptionPage {
  readonly html: string;
  readonly gzipped: Uint8Array;
  readonly policy: string;
}

/** Nothing but its own style: no script, no picture, no frame. */
function pageOf(html: string): DescriptionPage {
  const [, style = ''] = /<style>(.*?)<\/style>/s.exec(html) ?? [];
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${hash('sha256', style, 'base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return { html, gzipped: gzipSync(html), policy: policy.join('; ') };
}
