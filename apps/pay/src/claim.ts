// Under which key a charge counts once (contract 0.8 and 8.2).
import { Refusal } from '@ozura/core/errors';
import { newChargeId } from '@ozura/core/ids';
import type { Secret } from '@ozura/core/secret';
import { Intake, refuseFailures } from '@ozura/core/validation';
import { hashKey } from '@ozura/kit/auth';
import type { Asked } from '@ozura/kit/http/route';
import type { Caller } from './authentication.ts';
import type { PayContext } from './context.ts';
import type { Claim } from './store/charges.ts';

const CHARGE_ID = /^chg_[0-9A-Za-z]{22}$/;

export interface Claiming {
  /** A key counts once in each. */
  readonly operation: 'cardSale' | 'achSale' | 'createPlan';
  /** As the request names it; it must be the caller's. */
  readonly merchantId: string;
  /** The header. Without one the key is derived from the CVC session, which pays for one sale. */
  readonly sentKey: string | string[] | undefined;
  readonly cvcSession: Secret<string> | undefined;
  /** The normalised request. */
  readonly request: string;
}

export function claimOf(context: PayContext, caller: Caller, claiming: Claiming): Claim {
  const { operation, cvcSession, request } = claiming;
  const { pepper } = context.config;
  const { merchantId } = caller.merchant;
  if (claiming.merchantId !== merchantId) throw new Refusal('MERCHANT_MISMATCH');
  const cvcHash = cvcSession && hashKey(pepper, `cvc\n${merchantId}\n${cvcSession.open()}`);
  const claimed = isLasting(cvcSession) ? undefined : cvcHash;
  const key = readKey(claiming.sentKey);
  // Checkout names its charges; nobody else may.
  const named = caller.service && key !== undefined && CHARGE_ID.test(key);
  // A tab is in no key that a caller can send. The id of a charge is its key in every operation.
  const scope = named || operation === 'cardSale' ? '' : `${operation}\t`;
  return {
    chargeId: named ? key : newChargeId(context.random),
    merchantId,
    idempotencyKey: scope + (key ?? derivedKey(context, claiming, claimed)),
    cvcHash: claimed,
    fingerprint: hashKey(pepper, `${operation === 'cardSale' ? 'sale' : operation}\n${cvcHash ?? ''}\n${request}`),
  };
}

/** A CVC session of a test token (contract 7.2) pays as often as it is used. */
const isLasting = (cvcSession: Secret<string> | undefined): boolean =>
  cvcSession?.open().startsWith('cvc_test_') ?? false;

/** Where nothing says that two calls are one, each has a key of its own. */
function derivedKey({ random }: PayContext, { operation, cvcSession }: Claiming, cvcHash: string | undefined): string {
  if (cvcHash !== undefined) return `cvc\t${cvcHash}`;
  if (cvcSession === undefined && operation !== 'achSale') {
    throw new Refusal('VALIDATION_FAILED', { message: `ozuraCvcSession: ${KEY_NEEDED}` });
  }
  return `none\t${newChargeId(random)}`;
}

export const KEY_NEEDED = 'is required without an Idempotency-Key';

/** The key of an `Idempotency-Key` header. */
export function readKey(sent: Header): string | undefined {
  const intake = new Intake();
  const key = keyOf(sent, intake);
  refuseFailures(intake);
  return key;
}

type Header = string | string[] | undefined;

function keyOf(sent: Header, intake: Intake): string | undefined {
  if (typeof sent !== 'string') return undefined;
  const key = sent.trim().replace(/^"(.*)"$/, '$1');
  return /^[\x20-\x7e]{1,255}$/.test(key)
    ? key
    : intake.fail('Idempotency-Key', 'must be 1-255 printable ASCII characters');
}

/** Of a request with other faults. */
export function noteKeyFaults({ request }: Asked<Caller>, intake: Intake): void {
  keyOf(request.headers['idempotency-key'], intake);
}

/** Order of members and ways of writing an amount do not matter any more; a secret prints as such. */
export const requestText = (request: object): string =>
  JSON.stringify(request, (_name, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
