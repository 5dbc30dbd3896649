// The wire of a simulated processor, which is the sandbox's.
import type { IncomingAnswer } from '@ozura/contract/client';
import type { Booking } from './processor-books.ts';

export const answered = (status: number, body: unknown): IncomingAnswer => ({
  status,
  headers: {},
  text: typeof body === 'string' ? body : JSON.stringify(body),
});

export const silence = new Promise<never>(() => undefined);

/** What a processor of its class does not have. */
export const notOffered = answered(501, { message: 'NOT OFFERED' });

/** As its clients see it. */
export const told = ({
  reference,
  transactionId,
  amount,
  currency,
  status,
  declineCode,
  avsResult,
  cvvResult,
}: Booking) => ({
  reference,
  transactionId,
  amount,
  currency,
  status,
  declineCode,
  avsResult,
  cvvResult,
  authCode: '000000',
  networkReference: `network-${transactionId}`,
});
