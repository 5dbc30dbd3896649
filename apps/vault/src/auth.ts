// From the headers of a request to its caller (contract 0.2, 7). A failed try counts against the address.
import { holdsCardNumber } from '@ozura/core/card/number-in-text';
import { type ErrorCode, Refusal } from '@ozura/core/errors';
import type { Mode } from '@ozura/core/ids';
import type { Secret } from '@ozura/core/secret';
import { hashKey, sameHash, secretHeader } from '@ozura/kit/auth';
import { checkAdminToken } from '@ozura/kit/http/admin-token';
import type { FailedAuthentications } from '@ozura/kit/http/failed-authentications';
import { tellOfLeakedKey } from '@ozura/kit/http/leaked-key';
import type { Call } from '@ozura/kit/http/route';
import { onceATurn } from '@ozura/kit/once-a-turn';
import {
  isMintedByService,
  type KeyCaller,
  type ServiceCaller,
  type ServiceName,
  type SessionCaller,
} from './callers.ts';
import type { VaultContext } from './context.ts';
import { sessionProblem } from './session-rules.ts';
import { type Application, findApplicationByKey, findApplicationByPubKey } from './store/applications.ts';
import { findSession } from './store/sessions.ts';

type Request = Call<unknown, unknown>['request'];
type Authenticate<Who> = (request: Request) => Promise<Who>;

export interface Authentication {
  readonly key: Authenticate<KeyCaller>;
  keyOrService(...services: readonly ServiceName[]): Authenticate<KeyCaller | ServiceCaller>;
  service(...services: readonly ServiceName[]): Authenticate<ServiceCaller>;
  /** A vault key, asked about by itself or by any of our programs. */
  readonly askedKey: Authenticate<{ readonly caller: KeyCaller; readonly byService: boolean }>;
  readonly tokenizer: Authenticate<KeyCaller | SessionCaller>;
  /** A vault key, with a pub key of the same project if one is sent. */
  readonly keyWithPubKey: Authenticate<KeyCaller>;
  readonly admin: Authenticate<undefined>;
}

const OPERATOR = /^[\w.@-]{1,64}$/;
const MERCHANT = /^[A-Za-z0-9_-]{1,30}$/;
const ALL_SERVICES = ['checkout', 'pay'] as const satisfies readonly ServiceName[];

/** What a caller is looked up with. */
interface Lookup extends VaultContext {
  readonly applicationByKey: (keyHash: string) => Promise<Application | undefined>;
  readonly applicationByPubKey: (pubKey: string) => Promise<Application | undefined>;
  readonly elementsOrigin: string;
}

export function openAuthentication(context: VaultContext, failures: FailedAuthentications): Authentication {
  const { db, config } = context;
  const lookup: Lookup = {
    ...context,
    applicationByKey: onceATurn((keyHash) => findApplicationByKey(db, keyHash)),
    applicationByPubKey: onceATurn((pubKey) => findApplicationByPubKey(db, pubKey)),
    elementsOrigin: new URL(config.urls.elementsUrl).origin,
  };
  const guard = <Who>(request: Request, authenticate: () => Promise<Who>): Promise<Who> =>
    failures.guard(request.ip, authenticate);
  const key: Authenticate<KeyCaller> = (request) => guard(request, () => findKeyCaller(lookup, request));

  /** `undefined` when the request does not say that it comes from a program of ours. */
  const findService = async (request: Request): Promise<ServiceName | undefined> => {
    const sent = secretHeader(request.headers, 'x-service-key');
    if (sent === undefined) return undefined;
    // Of the same length by construction: compared as they are, for no database holds them.
    const [found] = ALL_SERVICES.filter((name) => sameHash(config.serviceKeys[name].open(), sent.open()));
    // A right service key is never held back; a wrong one is a failure like any other.
    return found ?? guard(request, () => refuse('INVALID_CREDENTIALS'));
  };
  return {
    key,
    keyOrService:
      (...services) =>
      async (request) => {
        const service = await findService(request);
        return service === undefined ? key(request) : serviceCaller(service, services, request);
      },
    service:
      (...services) =>
      async (request) => {
        const service = await findService(request);
        return service === undefined ? refuse('MISSING_CREDENTIALS') : serviceCaller(service, services, request);
      },
    askedKey: async (request) => {
      const byService = (await findService(request)) !== undefined;
      return { caller: await (byService ? findKeyCaller(lookup, request) : key(request)), byService };
    },
    keyWithPubKey: (request) =>
      guard(request, async () => {
        const caller = await findKeyCaller(lookup, request);
        await checkPubKey(lookup, request, { caller, needed: config.mode === 'live' });
        return caller;
      }),
    tokenizer: (request) => guard(request, () => findTokenizer(lookup, request)),
    admin: (request) =>
      guard(request, async () => {
        checkAdminToken(config, request);
        const { adminTokenExpiresAtMs: endMs } = config;
        if (endMs !== undefined && (await db.now()) >= endMs) return refuse('ADMIN_TOKEN_EXPIRED');
        return undefined;
      }),
  };
}

async function refuse(code: ErrorCode): Promise<never> {
  throw new Refusal(code);
}

function serviceCaller(service: ServiceName, allowed: readonly ServiceName[], request: Request): ServiceCaller {
  if (!allowed.includes(service)) throw new Refusal('PERMISSION_DENIED');
  const merchantId = namedMerchant(request);
  if (merchantId === undefined) throw new Refusal('MISSING_CREDENTIALS');
  return { kind: 'service', service, merchantId };
}

/** The merchant that a service or the operator says to act for. */
export function namedMerchant({ headers }: Request): string | undefined {
  const sent = headers['x-merchant-id'];
  return typeof sent === 'string' && MERCHANT.test(sent) ? sent : undefined;
}

/** Who is behind the admin token, as far as he says so; the audit log believes it. */
export function operatorOf({ headers }: Request): string {
  const sent = headers['x-operator'];
  return typeof sent === 'string' && OPERATOR.test(sent) && !holdsCardNumber(sent) ? `admin:${sent}` : 'admin';
}

async function findKeyCaller(lookup: Lookup, request: Request): Promise<KeyCaller> {
  const { config, applicationByKey } = lookup;
  const sent = secretHeader(request.headers, 'x-api-key');
  if (sent === undefined) throw new Refusal('MISSING_CREDENTIALS');
  // The same work for every text, so that time does not tell which part of a key is right.
  const application = await applicationByKey(hashKey(config.pepper, sent.open()));
  if (application === undefined || !isOfMode(sent, config.mode)) throw new Refusal('INVALID_CREDENTIALS');
  tellOfLeakedKey(lookup, request, { merchantId: application.merchantId, application: application.id });
  return { kind: 'key', application, merchantId: application.merchantId };
}

const isOfMode = (key: Secret<string>, mode: Mode): boolean => key.open().includes(`_${mode}_pvt_`);

async function findTokenizer(lookup: Lookup, request: Request): Promise<KeyCaller | SessionCaller> {
  const { config, elementsOrigin } = lookup;
  const sent = secretHeader(request.headers, 'x-session-key');
  const caller = sent === undefined ? await findKeyCaller(lookup, request) : await findSessionCaller(lookup, sent);
  if (caller.kind === 'session' && request.headers.origin !== elementsOrigin) {
    throw new Refusal('PERMISSION_DENIED');
  }
  if (caller.kind === 'key' && !caller.application.permissions.tokenization) throw new Refusal('PERMISSION_DENIED');
  const isOurPage = caller.kind === 'session' && isMintedByService(caller.session);
  await checkPubKey(lookup, request, { caller, needed: config.mode === 'live' && !isOurPage });
  return caller;
}

async function findSessionCaller({ db, config }: Lookup, sent: Secret<string>): Promise<SessionCaller> {
  const [session, nowMs] = await Promise.all([findSession(db, hashKey(config.pepper, sent.open())), db.now()]);
  const problem = sessionProblem(session, nowMs);
  if (session === undefined || problem !== undefined) throw new Refusal(problem ?? 'SESSION_KEY_INVALID');
  return { kind: 'session', session, merchantId: session.merchantId };
}

interface PubKeyRule {
  readonly caller: KeyCaller | SessionCaller;
  readonly needed: boolean;
}

async function checkPubKey(
  { applicationByPubKey }: Lookup,
  request: Request,
  { caller, needed }: PubKeyRule,
): Promise<void> {
  const sent = request.headers['x-pub-key'];
  if (typeof sent !== 'string' || sent === '') {
    if (needed) throw new Refusal('MISSING_CREDENTIALS');
    return;
  }
  if (caller.kind === 'key' && sent === caller.application.pubKey) return;
  const application = await applicationByPubKey(sent);
  if (application === undefined) throw new Refusal('INVALID_CREDENTIALS');
  // A merchant has one project.
  if (application.merchantId !== caller.merchantId) throw new Refusal('MERCHANT_MISMATCH');
}
