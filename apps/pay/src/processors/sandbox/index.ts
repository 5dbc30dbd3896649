// The sandbox processor (contract 9.7), a program of ours that is reached over HTTP like the others.
import { defaultGraceMs } from '@ozura/core/attempt-evidence';
import type { Processor } from '../port.ts';
import {
  inquiryRequest,
  listRequest,
  refundRequest,
  type SandboxAddress,
  saleRequest,
  voidRequest,
} from './request.ts';
import { readInquiry, readListing, readRefund, readSale, readVoid } from './response.ts';

export type { SandboxAddress } from './request.ts';

export const openSandbox = (address: SandboxAddress): Processor => ({
  name: 'sandbox',
  // Class 2 is what it plays unless a program of 14.6 says otherwise; then its answers say what it does not support.
  evidence: { class: 2, voidByReference: true, graceMs: defaultGraceMs },
  debitsBanks: true,
  sale: (input, [answer]) =>
    answer === undefined ? { send: saleRequest(address, input) } : { done: readSale(input, answer) },
  refund: (input, [answer]) =>
    answer === undefined ? { send: refundRequest(address, input) } : { done: readRefund(input, answer) },
  void: (input, [answer]) =>
    answer === undefined ? { send: voidRequest(address, input) } : { done: readVoid(input, answer) },
  inquire: (input, [answer]) =>
    answer === undefined ? { send: inquiryRequest(address, input) } : { done: readInquiry(input, answer) },
  list: (day, [answer]) => (answer === undefined ? { send: listRequest(address, day) } : { done: readListing(answer) }),
});
