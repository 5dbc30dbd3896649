// Failure bodies of the three services (contract 0.3), made in one place from a `Refusal` or from anything else.
import { errorAnswer, Refusal, type Service } from '@ozura/core/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { whyUnavailable } from '../db/unavailable.ts';

/** Fastify's own refusals, in our words. */
const FRAMEWORK_CODES: Readonly<Record<string, Refusal>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: new Refusal('BODY_TOO_LARGE'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new Refusal('UNSUPPORTED_MEDIA_TYPE'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: new Refusal('INVALID_JSON'),
  FST_ERR_BAD_URL: new Refusal('NOT_FOUND'),
  FST_ERR_MAX_PARAM_LENGTH: new Refusal('NOT_FOUND'),
};

export function answerFailure(
  service: Service,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const known = refusalOf(error, request);
  const { status } = errorAnswer(known.code, service);
  if (status === 413) reply.header('Connection', 'close');
  return reply
    .code(status)
    .headers({ ...known.options.headers })
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(failureBody(service, known, request.id));
}

export function refusalOf(error: unknown, request: FastifyRequest): Refusal {
  const refusal = error instanceof Refusal ? error : frameworkRefusal(error, request);
  if (refusal !== undefined) return refusal;
  const reason = whyUnavailable(error);
  request.log.error({ err: error, ...(reason && { reason }) }, reason ? CANNOT_BE_USED : 'request failed');
  const { mayCharge } = request.routeOptions.config as { readonly mayCharge?: boolean };
  return reason === undefined || mayCharge === true ? new Refusal('INTERNAL_ERROR') : OVERLOADED;
}

const CANNOT_BE_USED = 'the database cannot be used';
const OVERLOADED = new Refusal('OVERLOADED', { headers: { 'Retry-After': '2' } });

function frameworkRefusal(error: unknown, { raw }: FastifyRequest): Refusal | undefined {
  const { code } = error as { code?: unknown };
  // Whoever went away in the middle of a body is no fault of ours to be woken for, and hears no answer.
  if (code === 'ECONNRESET' && raw.readableAborted) return NOT_HTTP;
  return typeof code === 'string' ? FRAMEWORK_CODES[code] : undefined;
}

/** What the protocol itself forbids. */
export const NOT_HTTP = new Refusal('VALIDATION_FAILED', { message: 'The request is not valid HTTP' });

/** The whole answer to bytes that never became a request. */
export function unreadableAnswer(
  service: Service,
  code: string | undefined,
  headers: Readonly<Record<string, string>>,
  requestId: string,
): string {
  const [status, reason, text] = UNREADABLE[code ?? ''] ?? [400, 'Bad Request', NOT_HTTP.message];
  const refused = status === 431 ? 'BODY_TOO_LARGE' : 'VALIDATION_FAILED';
  const body = JSON.stringify(failureBody(service, new Refusal(refused, { message: text }), requestId));
  const all = {
    ...headers,
    'Request-Id': requestId,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${reason}`, ...lines, '', body].join('\r\n');
}

const UNREADABLE: Readonly<Record<string, readonly [status: number, reason: string, text: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'Request headers are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'The request took too long'],
};

function failureBody(service: Service, refusal: Refusal, requestId: string): Record<string, unknown> {
  const { message: own, details, body } = refusal.options;
  const message = own ?? errorAnswer(refusal.code, service).message;
  if (service === 'vault') {
    return { success: false, message, data: null, errorCode: refusal.code, requestId, ...body };
  }
  const { retry_after_seconds: _vaultOnly, ...members } = body ?? {};
  return {
    success: false,
    error: message,
    ...(details === undefined ? {} : { details }),
    errorCode: refusal.code,
    requestId,
    ...members,
  };
}
