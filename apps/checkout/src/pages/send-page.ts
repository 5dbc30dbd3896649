// Sends a page: its headers, its status, and its text compressed for whoever can read that.
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { readsGzip } from '@ozura/kit/http/files';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CheckoutContext } from '../context.ts';
import type { Session } from '../store/sessions.ts';
import type { Assets } from './assets.ts';
import { type PreviewSources, pageHeaders } from './headers.ts';
import { imageUrlsOf } from './session-views.ts';

const compress = promisify(gzip);
/** Fast enough to cost nothing, and within a few percent of the best. */
const level = 5;

export interface Sending {
  readonly context: CheckoutContext;
  readonly assets: Assets;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export interface PageToSend {
  readonly status: number;
  readonly page: string;
  /** Whose embedding and pictures the headers allow. */
  readonly session?: Pick<Session, 'request'>;
  readonly preview?: PreviewSources;
  readonly isSandbox?: boolean;
}

export async function sendPage(
  { context, assets, request, reply }: Sending,
  { status, page, session, preview, isSandbox = false }: PageToSend,
): Promise<FastifyReply> {
  const { elementsUrl } = context.config.urls;
  const own = session && { framing: framingOf(session), imageUrls: imageUrlsOf(session) };
  reply
    .code(status)
    .headers(pageHeaders({ assets, elementsUrl, isSandbox, ...own, ...(preview && { preview }) }))
    .header('Vary', 'Accept-Encoding, Accept-Language');
  if (!readsGzip(request)) return reply.send(page);
  return reply.header('Content-Encoding', 'gzip').send(await compress(page, { level }));
}

const framingOf = ({ request: { embedMode, parentOrigin } }: Pick<Session, 'request'>) => ({
  embedMode,
  ...(parentOrigin === undefined ? {} : { parentOrigin }),
});
