// `POST /proxy/transaction` (contract 7.4): control values in a JSON body, or as headers beside a body of any type.
import { isUtf8 } from 'node:buffer';
import type { InputOf } from '@ozura/contract/endpoint';
import { proxyTransaction } from '@ozura/contract/vault/proxy-transaction';
import { invalidValue, missingField } from '@ozura/contract/vault/reader';
import { readAll } from '@ozura/core/validation';
import type { Call } from '@ozura/kit/http/route';
import type { KeyCaller, ServiceCaller } from '../callers.ts';
import type { VaultContext } from '../context.ts';
import { bodyKindOf } from '../proxy/body-kind.ts';
import { forwardedHeaders } from '../proxy/headers.ts';
import type { Template } from '../proxy/placeholders.ts';
import { transact } from '../proxy/transact.ts';

type Input = InputOf<typeof proxyTransaction>;
type Who = KeyCaller | ServiceCaller;
type Request = Call<unknown, unknown>['request'];

export const handleProxy =
  (context: VaultContext) =>
  async ({ input, who, request }: Call<Input, Who>) =>
    run(context, { input, who, request, aliases: false });

/** The header form: the body is `request_data` itself. Control values in an address would be logged on the way. */
export const handleProxyByHeaders = (context: VaultContext) => async (request: Request, who: Who) => {
  const { headers, body } = request;
  if (!(body instanceof Uint8Array) || body.length === 0) throw missingField('request_data');
  // Placeholders are looked for in text; other bytes would arrive as something else.
  if (!isUtf8(body)) throw invalidValue('request_data');
  const type = headers['content-type'];
  const input = readAll(proxyTransaction.input, {
    token: headers['x-token'],
    proxy_url: headers['x-proxy-url'],
    cvc_session_id: headers['x-cvc-session-id'],
    request_data: Buffer.from(body).toString('utf8'),
    http_headers: type === undefined ? {} : { 'content-type': type },
  });
  return run(context, { input, who, request, aliases: true });
};

interface Run {
  readonly input: Input;
  readonly who: Who;
  readonly request: Request;
  readonly aliases: boolean;
}

function run(context: VaultContext, { input, who, request, aliases }: Run) {
  if (Object.keys(request.query as object).length > 0) throw invalidValue('query');
  const headers = forwardedHeaders(input.http_headers);
  if (typeof input.request_data !== 'string') headers['content-type'] ??= 'application/json';
  const proxyRequest = {
    token: input.token,
    cvcSessionId: input.cvc_session_id,
    cvcLeaseId: input.cvc_lease_id,
    proxyUrl: input.proxy_url,
    method: input.http_method,
    headers,
    template: templateOf(input.request_data, headers['content-type'], aliases),
  };
  return transact(context, proxyRequest, { who, address: request.ip, requestId: request.id });
}

function templateOf(data: Input['request_data'], contentType: string | undefined, aliases: boolean): Template {
  return typeof data === 'string'
    ? { text: data, kind: bodyKindOf(contentType), contentType, aliases }
    : { text: JSON.stringify(data), kind: 'json', isWritten: true, contentType, aliases };
}
