// Who is calling (contract 0.2): a merchant's server with its keys, or Checkout with its service key.
import { Refusal } from '@ozura/core/errors';
import type { Secret } from '@ozura/core/secret';
import { hashKey, sameHash, secretHeader } from '@ozura/kit/auth';
import { checkAdminToken } from '@ozura/kit/http/admin-token';
import type { FailedAuthentications } from '@ozura/kit/http/failed-authentications';
import { tellOfLeakedKey } from '@ozura/kit/http/leaked-key';
import type { Call } from '@ozura/kit/http/route';
import { onceATurn } from '@ozura/kit/once-a-turn';
import type { PayContext } from './context.ts';
import { findMerchant, findMerchantByKey, type Merchant } from './store/merchants.ts';
import { openVaultKeys } from './vault-keys.ts';

export interface Caller {
  readonly merchant: Merchant;
  /** Checkout, acting for the merchant. */
  readonly service: boolean;
}

type Request = Call<unknown, unknown>['request'];
type Authenticate<Who> = (request: Request) => Promise<Who>;

export interface Authentication {
  /** Both keys of one merchant, or the service key. */
  readonly keys: Authenticate<Caller>;
  /** The merchant key alone, or the service key. */
  readonly merchantKey: Authenticate<Caller>;
  readonly service: Authenticate<Caller>;
  /** Checkout itself, for no merchant in particular. */
  readonly checkout: Authenticate<undefined>;
  /** A merchant key that one of our programs asks about. */
  readonly askedKey: Authenticate<Merchant>;
  /** The operator's token. */
  readonly admin: Authenticate<undefined>;
}

export function openAuthentication(context: PayContext, failed: FailedAuthentications): Authentication {
  const { config } = context;
  const merchantOfVaultKey = openVaultKeys(context);
  const merchantByKey = onceATurn((keyHash) => findMerchantByKey(context.db, keyHash));
  const { checkout } = config.acceptedServiceKeys;
  const isOurs = (key: Secret<string>): boolean => sameHash(key.open(), checkout.open());

  const byMerchantKey = async (request: Request): Promise<Merchant> => {
    const key = secretHeader(request.headers, 'x-api-key');
    if (key === undefined) throw new Refusal('MISSING_CREDENTIALS');
    const merchant = await merchantByKey(hashKey(config.pepper, key.open()));
    if (merchant === undefined) throw new Refusal('INVALID_CREDENTIALS');
    return merchant;
  };

  const byBothKeys = async (request: Request): Promise<Merchant> => {
    const vaultKey = secretHeader(request.headers, 'vault-api-key');
    if (vaultKey === undefined) throw new Refusal('MISSING_CREDENTIALS');
    const merchant = await byMerchantKey(request);
    const owner = await merchantOfVaultKey(vaultKey);
    if (owner === undefined) throw new Refusal('INVALID_CREDENTIALS');
    if (owner !== merchant.merchantId) throw new Refusal('MERCHANT_MISMATCH');
    return merchant;
  };

  /** A good service key is never held back; anything else counts as a guess when it fails. */
  const either =
    (byKeys: Authenticate<Merchant>): Authenticate<Caller> =>
    async (request) => {
      const serviceKey = secretHeader(request.headers, 'x-service-key');
      if (serviceKey !== undefined && isOurs(serviceKey)) {
        return { merchant: await namedMerchant(context, request), service: true };
      }
      return failed.guard(request.ip, async () => {
        if (serviceKey !== undefined) throw new Refusal('INVALID_CREDENTIALS');
        const merchant = await byKeys(request);
        tellOfLeakedKey(context, request, { merchantId: merchant.merchantId });
        return { merchant, service: false };
      });
    };

  const onlyCheckout =
    <Who>(authenticate: Authenticate<Who>): Authenticate<Who> =>
    async (request) => {
      const serviceKey = secretHeader(request.headers, 'x-service-key');
      if (serviceKey !== undefined && isOurs(serviceKey)) return authenticate(request);
      return failed.guard(request.ip, async () => {
        throw new Refusal(serviceKey === undefined ? 'MISSING_CREDENTIALS' : 'INVALID_CREDENTIALS');
      });
    };

  return {
    keys: either(byBothKeys),
    merchantKey: either(byMerchantKey),
    service: either(async () => {
      throw new Refusal('MISSING_CREDENTIALS');
    }),
    checkout: onlyCheckout(async () => undefined),
    askedKey: onlyCheckout(byMerchantKey),
    admin: (request) => failed.guard(request.ip, async () => checkAdminToken(context.config, request)),
  };
}

async function namedMerchant({ db }: PayContext, request: Request): Promise<Merchant> {
  const named = request.headers['x-merchant-id'];
  if (typeof named !== 'string' || named === '') throw new Refusal('MISSING_CREDENTIALS');
  const merchant = await findMerchant(db, named);
  if (merchant === undefined) throw new Refusal('MERCHANT_MISMATCH');
  return merchant;
}
