// The moment before card data leaves: one commit counts the use, takes the security code and writes the audit record.
// After it the number is decrypted (contract 13.2, 13.3).
import { Refusal } from '@ozura/core/errors';
import { type Handle, together } from '@ozura/kit/db/handle';
import { locksOf } from '../audit.ts';
import { actorOf } from '../callers.ts';
import type { VaultContext } from '../context.ts';
import { numberField, openValue } from '../sealed-value.ts';
import { findSession, takeProxyCall } from '../store/sessions.ts';
import { markUsed, type SealedToken } from '../store/tokens.ts';
import type { CardValue } from './placeholders.ts';
import type { ProxyCaller, ProxyRequest } from './request.ts';
import { prepareTaking, type TakeCode, type TakenCode } from './security-code.ts';

interface Use {
  readonly request: ProxyRequest;
  readonly token: SealedToken;
  readonly caller: ProxyCaller;
}

export async function takeUse(context: VaultContext, use: Use): Promise<TakenCode | undefined> {
  const { token, caller } = use;
  const { who, address, requestId } = caller;
  const takeCode = await codeOf(context, use);
  const event = { merchantId: who.merchantId, actor: actorOf(who), action: 'proxy', object: token.token } as const;
  return context.audit.commit({
    event: { ...event, outcome: 'allowed', address, requestId },
    locks: locksOf(token.mintedIn, token.token),
    asks: takeCode !== undefined,
    change: async (tx) => {
      const nowMs = await tx.now();
      const [, , code] = await together(
        token.mintedIn !== null && countProxyCall(tx, token.mintedIn),
        useToken(tx, token.token, nowMs),
        takeCode?.(tx, nowMs),
      );
      return code;
    },
  });
}

/** One that was deleted since it was read has nothing left to use. */
async function useToken(tx: Handle, token: string, nowMs: number): Promise<void> {
  if (!(await markUsed(tx, token, nowMs))) throw new Refusal('TOKEN_NOT_FOUND');
}

/** Tokens of a plan are used for years after their session: one that is gone by then had no limit. */
async function countProxyCall(tx: Handle, mintedIn: string): Promise<void> {
  if (await takeProxyCall(tx, mintedIn)) return;
  if ((await findSession(tx, mintedIn)) !== undefined) throw new Refusal('PROXY_LIMIT');
}

async function codeOf(context: VaultContext, { request, token, caller }: Use): Promise<TakeCode | undefined> {
  const { who } = caller;
  if (request.cvcSessionId === undefined) return undefined;
  return prepareTaking(context, {
    handle: request.cvcSessionId,
    owner: { merchantId: who.merchantId, token: token.token },
    // Only Pay may try several processors with one code.
    leaseId: who.kind === 'service' && who.service === 'pay' ? request.cvcLeaseId : undefined,
  });
}

export interface Revealed {
  readonly values: Readonly<Partial<Record<CardValue, string>>>;
  readonly mask: string;
}

export async function reveal(
  context: VaultContext,
  merchantId: string,
  token: SealedToken,
  code: TakenCode | undefined,
): Promise<Revealed> {
  const digits = await openValue(context, { merchantId, token: token.token }, token.sealedNumber, numberField);
  const { type, mask, expirationMonth, expirationYear, routingNumber } = token;
  if (type === 'bank') return { values: { accountNumber: digits, routingNumber: routingNumber ?? '' }, mask };
  const year = expirationYear ?? '';
  return {
    values: {
      cardNumber: digits,
      expirationMonth: expirationMonth ?? '',
      expirationYear: year,
      expirationYear2: year.slice(-2),
      ...(code === undefined ? {} : { securityCode: code.open() }),
    },
    mask,
  };
}
