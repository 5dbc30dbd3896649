// Everything of a new token that is made before the transaction: ids, ciphertext, facts. Clear values are wiped here.

import { shownOfAccount } from '@ozura/core/card/bank';
import { lookUpBin } from '@ozura/core/card/funding';
import { newTokenId } from '@ozura/core/ids';
import { sealText } from '@ozura/kit/envelope';
import type { BankAccount, Card } from './card-data.ts';
import type { VaultContext } from './context.ts';
import { deriveCvcKeys, newCvcHandle, sealCvc } from './crypto/cvc.ts';
import { fingerprintOf } from './crypto/fingerprint.ts';
import { holderField, numberField, placeOf } from './sealed-value.ts';
import type { SessionRow } from './store/sessions.ts';
import { findTokenByFingerprint, type NewToken } from './store/tokens.ts';

export interface TokenOrigin {
  readonly merchantId: string;
  readonly nowMs: number;
  readonly session: SessionRow | undefined;
  /** A known card gets the token that it has. */
  readonly deduplicated: boolean;
  /** What it was elsewhere. */
  readonly imported?: Correlation & Pick<NewToken, 'token'>;
}

type Correlation = Pick<NewToken, 'sessionId' | 'orderId' | 'customerId' | 'cartId' | 'purgeAt'>;

export interface PreparedToken {
  readonly row: NewToken;
  /** The row is there already; only its expiry may be new. */
  readonly isKnown: boolean;
  /** The mask that the caller asked for. */
  readonly shown: string;
  readonly cvc: PreparedCvc | undefined;
}

interface PreparedCvc {
  readonly handle: string;
  readonly lookupId: string;
  readonly sealed: Uint8Array;
}

export async function prepareCard(context: VaultContext, card: Card, origin: TokenOrigin): Promise<PreparedToken> {
  const digits = card.number.open();
  const { common, isKnown } = await commonParts(context, digits, origin);
  const { funding, brand, country } = lookUpBin(context.bins, digits);
  const row: NewToken = {
    ...common,
    type: 'card',
    sealedHolder: null,
    mask: card.number.masked(),
    bin: card.number.bin,
    last4: card.number.last4,
    brand,
    funding,
    country: country ?? null,
    expirationMonth: card.expiry.month,
    expirationYear: card.expiry.year,
    routingNumber: null,
    accountType: null,
  };
  const cvc = card.code && prepareCvc(context, card.code.open(), row);
  return { row, isKnown, shown: card.mask, cvc };
}

export async function prepareBankAccount(
  context: VaultContext,
  account: BankAccount,
  origin: TokenOrigin,
): Promise<PreparedToken> {
  const { common, dataKey } = await commonParts(context, account.accountNumber, origin);
  const holder = JSON.stringify({ firstName: account.firstName, lastName: account.lastName });
  const row: NewToken = {
    ...common,
    type: 'bank',
    sealedHolder: sealText(dataKey, holder, placeOf(origin.merchantId, common.token, holderField), context.random),
    mask: account.mask,
    bin: null,
    last4: shownOfAccount(account.accountNumber),
    brand: null,
    funding: null,
    country: null,
    expirationMonth: null,
    expirationYear: null,
    routingNumber: account.routingNumber,
    accountType: account.accountType,
  };
  return { row, isKnown: false, shown: account.mask, cvc: undefined };
}

async function commonParts(context: VaultContext, digits: string, origin: TokenOrigin) {
  const { merchantId, nowMs, session, deduplicated, imported } = origin;
  const [dataKey, fingerprintKey] = await Promise.all([
    context.keys.current('card-data', merchantId),
    context.keys.current('fingerprint', merchantId),
  ]);
  const fingerprint = fingerprintOf(fingerprintKey.key, digits);
  const known = deduplicated ? await findTokenByFingerprint(context.db, merchantId, fingerprint) : undefined;
  const token = imported?.token ?? known?.token ?? newTokenId(nowMs, context.random);
  const common = {
    token,
    merchantId,
    keyId: dataKey.id,
    sealedNumber: sealText(dataKey, digits, placeOf(merchantId, token, numberField), context.random),
    fingerprint,
    mintedIn: known === undefined ? (session?.keyHash ?? null) : known.mintedIn,
    createdAt: nowMs,
    ...(imported ?? correlationOf(session)),
  };
  return { common, dataKey, isKnown: known !== undefined };
}

const correlationOf = (session: SessionRow | undefined): Correlation => ({
  sessionId: session?.sessionId ?? null,
  orderId: session?.orderId ?? null,
  customerId: session?.customerId ?? null,
  cartId: session?.cartId ?? null,
  purgeAt: session?.tokensPurgeAt ?? null,
});

function prepareCvc({ random }: VaultContext, code: string, { merchantId, token }: NewToken): PreparedCvc {
  const handle = newCvcHandle(random);
  const keys = deriveCvcKeys(handle);
  if (keys === undefined) throw new Error('A new handle does not have the shape of one');
  return { handle, lookupId: keys.lookupId, sealed: sealCvc(keys, code, { merchantId, token }, random) };
}
