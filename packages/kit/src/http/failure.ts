// Failure bodies of the three services (contract 0.3), made in one place from a `Refusal` or from anything else.
import { errorAnswer, Refusal, type Service } from '@ozura/core/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Fastify's own refusals, in our words. */
const FRAMEWORK_CODES: Readonly<Record<string, Refusal>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: new Refusal('BODY_TOO_LARGE'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new Refusal('UNSUPPORTED_MEDIA_TYPE'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: new Refusal('INVALID_JSON'),
  FST_ERR_BAD_URL: new Refusal('NOT_FOUND'),
};

export function answerFailure(
  service: Service,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const refusal = error instanceof Refusal ? error : frameworkRefusal(error);
  if (refusal === undefined) request.log.error({ err: error }, 'request failed');
  const known = refusal ?? new Refusal('INTERNAL_ERROR');
  const { status } = errorAnswer(known.code, service);
  if (status === 413) reply.header('Connection', 'close');
  return reply
    .code(status)
    .headers({ ...known.options.headers })
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(failureBody(service, known, request.id));
}

function frameworkRefusal(error: unknown): Refusal | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? FRAMEWORK_CODES[code] : undefined;
}

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
