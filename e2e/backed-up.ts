// A merchant who sells while his installation is backed up, and again after it was restored; on either engine.
import { pay, preparePay } from './browserless.ts';
import { createSession } from './merchant.ts';
import { saleOf } from './sale.ts';
import type { DevFile } from './system.ts';

export const mine = { merchantId: 'ozu_sandbox' };

/** Resolves with the session when its payment was answered as completed. */
export async function payOnce(dev: DevFile): Promise<string> {
  const { sessionId } = await createSession(dev);
  const { body } = await pay(dev, await preparePay(dev, sessionId, '4242424242424242'));
  if (body.data?.status !== 'completed') throw new Error(`a payment ended with ${JSON.stringify(body)}`);
  return sessionId;
}

/** Two payments at a time, until what it returns is called; that resolves when the last two have ended. */
export function keepPaying(dev: DevFile, heard: (sessionId: string) => unknown): () => Promise<void> {
  let isOver = false;
  const lane = async (): Promise<void> => {
    while (!isOver) await heard(await payOnce(dev));
  };
  const lanes = [lane(), lane()];
  return async () => {
    isOver = true;
    await Promise.all(lanes);
  };
}

interface PayAnswer {
  readonly success: boolean;
  readonly data: { planId: string } & { cyclesCharged: number }[];
}

/** Calls Pay with the merchant's keys. */
export async function callPay(
  dev: DevFile,
  [method, path, body]: readonly [method: string, path: string, body?: object],
  headers: Record<string, string> = {},
): Promise<PayAnswer> {
  const { payUrl, merchantKey, vaultKey } = dev;
  const answer = await fetch(payUrl + path, {
    method,
    headers: { 'x-api-key': merchantKey, 'vault-api-key': vaultKey, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await answer.json()) as PayAnswer;
}

/** As by telephone, with a card that was stored: it has to be opened for that. */
export function chargeStored(dev: DevFile, token: string): Promise<PayAnswer> {
  const { ozuraCvcSession: _none, ...sale } = saleOf(
    { token, cvcSession: '' },
    { ...mine, transactionChannel: 'moto' },
  );
  return callPay(dev, ['POST', '/cardSale', sale], { 'idempotency-key': token });
}

export async function cyclesCharged(dev: DevFile, planId: string): Promise<number | undefined> {
  const path = `/recurring/plans?merchantId=${mine.merchantId}&planId=${planId}`;
  return (await callPay(dev, ['GET', path])).data[0]?.cyclesCharged;
}
