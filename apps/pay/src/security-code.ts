// The security code of a charge (contract 13.3): it goes with the step that has a place for it, and the Vault is told to
// forget what the charge leaves of it.
import type { Secret } from '@ozura/core/secret';
import type { PayContext } from './context.ts';
import { asksForCode } from './processors/placeholders.ts';
import type { ProcessorRequest } from './processors/port.ts';
import type { Claim } from './store/charges.ts';
import type { CardRequest, Sending } from './vault.ts';

interface Coded {
  readonly claim: Claim;
  readonly cvcSession?: Secret<string>;
  readonly cascade: readonly unknown[];
}

export interface ChargeCode {
  /** The Vault uses the code up for whatever it comes with: only the step that has a place for it may bring it. */
  forRequest(request: ProcessorRequest): Pick<CardRequest, 'cvcSession' | 'leaseId'>;
  noteSending(request: ProcessorRequest, sending: Sending): void;
  /** With the end of the charge, or as soon as nobody knows its outcome. Changes nothing about either. */
  letGo(): void;
}

export function codeOf({ vault, log }: PayContext, { claim, cvcSession, cascade }: Coded): ChargeCode {
  const { merchantId, chargeId } = claim;
  // With more than one processor the Vault keeps the code for the next one, until it is told otherwise.
  const leaseId = cvcSession !== undefined && cascade.length > 1 ? chargeId : undefined;
  let isLeft = cvcSession !== undefined;
  return {
    forRequest: (request) => ({
      ...(cvcSession !== undefined && asksForCode(request) ? { cvcSession } : {}),
      leaseId,
    }),
    noteSending(request, { kind }) {
      // Only an answer proves that the Vault took the code; what it took without a lease it has no more.
      if (leaseId === undefined && kind === 'answered' && asksForCode(request)) isLeft = false;
    },
    letGo() {
      if (cvcSession === undefined || !isLeft) return;
      vault.releaseCode(merchantId, { cvcSession, leaseId }).catch((error: unknown) => {
        log.warn({ err: error, chargeId }, 'a security code is kept until its time is over');
      });
    },
  };
}
