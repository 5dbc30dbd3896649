// Under which key a sale counts once (contract 0.8 and 8.2).
import type { CardSale } from '@ozura/contract/pay/card-sale-fields';
import { Refusal } from '@ozura/core/errors';
import { newChargeId } from '@ozura/core/ids';
import { hashKey } from '@ozura/kit/auth';
import type { Caller } from './authentication.ts';
import type { PayContext } from './context.ts';
import type { Claim } from './store/charges.ts';

const CHARGE_ID = /^chg_[0-9A-Za-z]{22}$/;

/** `sent`: the header. Without one the key is derived from the CVC session, which pays for one sale. */
export function claimOf(context: PayContext, caller: Caller, sale: CardSale, sent: string | undefined): Claim {
  const { pepper } = context.config;
  const { merchantId } = caller.merchant;
  const cvcHash = hashKey(pepper, `cvc\n${merchantId}\n${sale.cvcSession.open()}`);
  const key = readKey(sent);
  // Checkout names its charges; nobody else may.
  const named = caller.service && key !== undefined && CHARGE_ID.test(key);
  return {
    chargeId: named ? key : newChargeId(context.random),
    merchantId,
    // A tab is in no key that a caller can send.
    idempotencyKey: key ?? `cvc\t${cvcHash}`,
    cvcHash,
    fingerprint: hashKey(pepper, `sale\n${fingerprintText(sale, cvcHash)}`),
  };
}

function readKey(sent: string | undefined): string | undefined {
  if (sent === undefined) return undefined;
  const key = sent.trim().replace(/^"(.*)"$/, '$1');
  if (!/^[\x20-\x7e]{1,255}$/.test(key)) {
    throw new Refusal('VALIDATION_FAILED', { message: 'Idempotency-Key: must be 1-255 printable ASCII characters' });
  }
  return key;
}

/** The normalised request: order of members and ways of writing an amount do not matter. */
function fingerprintText({ cvcSession: _secret, ...sale }: CardSale, cvcHash: string): string {
  return JSON.stringify({ ...sale, cvcHash }, (_name, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}
