// One proxied request (contract 7.4): everything is checked first; then, in one commit, the use is counted, the
// security code taken and the audit record written; only then does a byte leave.
import { type IncomingAnswer, NoAnswer } from '@ozura/contract/client';
import { invalidValue } from '@ozura/contract/vault/reader';
import { type ErrorCode, Refusal } from '@ozura/core/errors';
import { PROCESSOR_IDENTIFIERS } from '@ozura/core/processor-hosts';
import { AddressRefused } from '@ozura/kit/pinned-fetch';
import { observed } from '@ozura/kit/trace';
import { actorOf } from '../callers.ts';
import type { VaultContext } from '../context.ts';
import { findSealedToken, type SealedToken } from '../store/tokens.ts';
import { codeFieldOf } from './code-field.ts';
import { type Destination, findDestination } from './destinations.ts';
import { forwardedHeaders } from './headers.ts';
import { fill, mentionsPlaceholder, placeholdersIn } from './placeholders.ts';
import { type Revealed, reveal, takeUse } from './release.ts';
import type { ProxyCaller, ProxyRequest } from './request.ts';
import { scrubBody, scrubHeaders } from './scrub.ts';
import { openScrubber } from './scrubber.ts';
import type { TakenCode } from './security-code.ts';

const answerTimeoutMs = 25_000;

export async function transact(context: VaultContext, request: ProxyRequest, caller: ProxyCaller) {
  const ready = await prepare(context, request, caller).catch((error: unknown) => {
    if (error instanceof Refusal) throw error;
    // Whatever went wrong, it did so before anything was sent.
    context.log.error({ err: error, requestId: caller.requestId }, 'proxy failed before sending');
    throw new Refusal('INTERNAL_ERROR', { body: { sent: 'no' } });
  });
  const answer = await send(context, request, ready);
  return { success: true, proxy_response: scrubbed(request, ready, answer) };
}

interface Ready {
  readonly destination: Destination;
  readonly address: string;
  readonly revealed: Revealed;
  /** Members of the answer that look like card data by chance and must arrive whole. */
  readonly identifiers: readonly string[];
}

async function prepare(context: VaultContext, request: ProxyRequest, caller: ProxyCaller): Promise<Ready> {
  const { who } = caller;
  const token = await findSealedToken(context.db, request.token, who.merchantId);
  if (token === undefined) throw new Refusal('TOKEN_NOT_FOUND');
  const destination = await allowedDestination(context, request, caller);
  checkBody(request, token);
  const address = await resolve(context, destination, () => refuseDestination(context, request, caller));
  const code: TakenCode | undefined = await takeUse(context, { request, token, caller });
  const identifiers = who.kind === 'service' ? PROCESSOR_IDENTIFIERS : [];
  return { destination, address, identifiers, revealed: await reveal(context, who.merchantId, token, code) };
}

async function allowedDestination(
  context: VaultContext,
  request: ProxyRequest,
  caller: ProxyCaller,
): Promise<Destination> {
  const { config } = context;
  const { who } = caller;
  const list = who.kind === 'service' ? config.processorDestinations : who.application.destinations;
  const { aliases } = request.template;
  const outside = [request.proxyUrl, ...Object.entries(request.headers).flat()];
  if (outside.some((text) => mentionsPlaceholder(text, aliases))) throw invalidValue('request_data');
  return findDestination(request.proxyUrl, list, config) ?? refuseDestination(context, request, caller);
}

/** A try to send card data somewhere else is worth a record. */
async function refuseDestination(
  { db, audit }: VaultContext,
  { token }: ProxyRequest,
  { who, address, requestId }: ProxyCaller,
): Promise<never> {
  const event = { merchantId: who.merchantId, actor: actorOf(who), action: 'proxy', object: token } as const;
  await db.transact(async (tx) =>
    audit.record(tx, { ...event, outcome: 'refused', address, requestId }, await tx.now()),
  );
  throw new Refusal('DESTINATION_NOT_ALLOWED');
}

const CARD_ONLY = ['cardNumber', 'expirationMonth', 'expirationYear', 'expirationYear2', 'securityCode'] as const;
const BANK_ONLY = ['accountNumber', 'routingNumber'] as const;

function checkBody({ template, cvcSessionId }: ProxyRequest, { type }: SealedToken): void {
  const asked = placeholdersIn(template);
  const foreign = type === 'card' ? BANK_ONLY : CARD_ONLY;
  if (foreign.some((value) => asked.has(value))) throw invalidValue('request_data');
  if (asked.has('securityCode') && cvcSessionId === undefined) throw new Refusal('CVC_SESSION_EXPIRED');
}

async function resolve(
  { proxy }: VaultContext,
  { url, reach }: Destination,
  refuse: () => Promise<never>,
): Promise<string> {
  try {
    return await proxy.resolve(url, reach);
  } catch (error) {
    if (error instanceof AddressRefused) return refuse();
    throw notAnswered(error);
  }
}

async function send(
  context: VaultContext,
  { method, headers, template }: ProxyRequest,
  { destination, address, revealed }: Ready,
): Promise<IncomingAnswer> {
  const { proxy, log, now } = context;
  const startedAt = now();
  const body = fill(template, (value) => revealed.values[value] ?? '');
  try {
    const url = destination.url.href;
    const outgoing = { method, url, headers, body, timeoutMs: answerTimeoutMs };
    const answer = await observed(context, outgoing, () => proxy.send(outgoing, address));
    const { status, text } = answer;
    log.info({ host: destination.url.host, status, size: text.length, tookMs: now() - startedAt }, 'proxied');
    return answer;
  } catch (error) {
    log.warn({ host: destination.url.host, tookMs: now() - startedAt }, 'proxied without an answer');
    throw notAnswered(error);
  }
}

function notAnswered(error: unknown): Refusal {
  const { sent, timedOut } = error instanceof NoAnswer ? error : { sent: 'unknown', timedOut: false };
  const interrupted: ErrorCode = timedOut ? 'PROXY_TIMEOUT' : 'PROXY_INTERRUPTED';
  return new Refusal(sent === 'no' ? 'PROXY_NOT_SENT' : interrupted, { body: { sent } });
}

function scrubbed(
  { template }: ProxyRequest,
  { revealed, identifiers }: Ready,
  { status, headers, text }: IncomingAnswer,
) {
  const scrub = openScrubber({
    number: revealed.values.cardNumber ?? revealed.values.accountNumber ?? '',
    mask: revealed.mask,
    securityCode: revealed.values.securityCode,
    codeField: codeFieldOf(template),
    identifiers: new Set(identifiers),
  });
  return {
    status_code: status,
    headers: scrubHeaders(forwardedHeaders(headers), scrub),
    body: scrubBody(text, headers['content-type'], scrub),
  };
}
