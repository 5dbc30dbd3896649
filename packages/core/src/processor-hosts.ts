// Where the processors are reached (contract 9.4 to 9.6). An installation in test mode speaks to their test
// environments, or to simulators of them, and to nothing that moves money.
import type { Mode } from './ids.ts';

export interface ProcessorHosts {
  /** Of Converge, up to and with `processxml.do`. */
  readonly elavon: string;
  /** Up to and with `/ppp/api/v1`. */
  readonly nuvei: string;
  /** Up to the host name. */
  readonly worldpay: string;
}

/** As the processors' public references name them. */
export const PROCESSOR_HOSTS: Readonly<Record<Mode, ProcessorHosts>> = {
  test: {
    elavon: 'https://api.demo.convergepay.com/VirtualMerchantDemo/processxml.do',
    nuvei: 'https://ppp-test.nuvei.com/ppp/api/v1',
    worldpay: 'https://try.access.worldpay.com',
  },
  live: {
    elavon: 'https://api.convergepay.com/VirtualMerchant/processxml.do',
    nuvei: 'https://secure.safecharge.com/ppp/api/v1',
    worldpay: 'https://access.worldpay.com',
  },
};

/**
 * Members of the processors' answers that name a transaction. One number in ten passes for a card's, and a name that was
 * masked names nothing any more: no refund, no void, no later charge of a plan.
 */
export const PROCESSOR_IDENTIFIERS: readonly string[] = [
  'transactionId',
  'clientUniqueId',
  'paymentId',
  'commandId',
  'transactionReference',
  'schemeReference',
  'href',
  'externalSchemeTransactionId',
];
