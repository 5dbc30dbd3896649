// Nuvei by its REST API 1.0 (contract 9.5). A sale takes two requests: a session token, then the payment.
import { defaultGraceMs } from '@ozura/core/attempt-evidence';
import type { Outcome } from '@ozura/core/attempt-outcome';
import type { Processor, ProcessorAnswer, SaleInput, Step } from '../port.ts';
import { detailsRequest, onceMore, paymentRequest, refundRequest, type Site, sessionRequest } from './request.ts';
import { readCheck, readInquiry, readOutcome, readSession } from './response.ts';
import { voidSteps } from './void.ts';

export const openNuvei = (url: string): Processor => ({
  name: 'nuvei',
  // Class 2: `clientRequestId` refuses repeats, but that is not proven for an account. It voids by its own id only, so what
  // its lookup does not know may still be on its way. The reference names no lag of the lookup, nor a code for what has
  // settled: a void that is refused may have been carried out before, and `isVoided` not say so yet.
  evidence: { class: 2, voidByReference: false, graceMs: defaultGraceMs, showsVoidsLate: true },
  sale: (input, answers, access) => saleSteps({ url, access }, input, answers),
  refund: (input, [answer], access) =>
    answer === undefined
      ? { send: refundRequest({ url, access }, input) }
      : { done: readOutcome({ ...input, type: 'Credit', requestId: onceMore(input.reference, { access }) }, answer) },
  void: (input, answers, access) => voidSteps({ url, access }, input, answers),
  inquire: (input, [answer], access) =>
    answer === undefined
      ? { send: detailsRequest({ url, access }, { clientUniqueId: input.reference }) }
      : { done: readInquiry(input, answer) },
  // REST 1.0 has no list of a day.
  list: () => ({ done: { kind: 'unsupported' } }),
  check: (_about, [answer], access) =>
    answer === undefined ? { send: sessionRequest({ url, access }, `C${access.nowMs}`) } : { done: readCheck(answer) },
});

function saleSteps(site: Site, input: SaleInput, [session, answer]: readonly ProcessorAnswer[]): Step<Outcome> {
  if (session === undefined) return { send: sessionRequest(site, input.reference) };
  const opened = readSession(session);
  if ('refused' in opened) return { done: opened.refused };
  if (answer === undefined) return { send: paymentRequest(site, input, opened.token) };
  return { done: readOutcome({ ...input, type: 'Sale', requestId: input.reference }, answer) };
}
