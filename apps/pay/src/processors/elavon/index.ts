// Elavon by Converge's XML interface (contract 9.4). No repeat protection is assumed: one reference sent twice is two sales.
import { defaultGraceMs } from '@ozura/core/attempt-evidence';
import type { Access, Processor, Referred } from '../port.ts';
import { readCheck, readInquiry, readListing } from './query.ts';
import { currencyOf, dayRequest, queryRequest, returnRequest, saleRequest, type Terminal } from './request.ts';
import { type Expected, readOutcome } from './response.ts';
import { voidSteps } from './void.ts';

export function openElavon(url: string): Processor {
  const terminalOf = ({ credentials }: Access): Terminal => ({ url, credentials });
  return {
    name: 'elavon',
    // Class 2. It voids by its own id only: what its query does not know may still be on its way, until the day is over.
    // The reference names no lag of the query.
    evidence: { class: 2, voidByReference: false, graceMs: defaultGraceMs },
    sale: (input, [answer], access) => {
      const terminal = terminalOf(access);
      if (answer === undefined) return { send: saleRequest(terminal, input) };
      return { done: readOutcome({ ...expectedOf(terminal, input), lastFour: input.lastFour }, answer) };
    },
    refund: (input, [answer], access) => {
      const terminal = terminalOf(access);
      if (answer === undefined) return { send: returnRequest(terminal, input) };
      return { done: readOutcome(expectedOf(terminal, input), answer) };
    },
    void: (input, answers, access) => voidSteps(terminalOf(access), input, answers),
    inquire: (input, [answer], access) => {
      const terminal = terminalOf(access);
      if (answer === undefined) return { send: queryRequest(terminal, input.reference) };
      return { done: readInquiry(expectedOf(terminal, input), answer) };
    },
    // About a reference that no transaction has.
    check: (_about, [answer], access) =>
      answer === undefined ? { send: queryRequest(terminalOf(access), 'OZURA-CHECK') } : { done: readCheck(answer) },
    list: (about, [answer], access) => {
      const terminal = terminalOf(access);
      if (answer === undefined) return { send: dayRequest(terminal, about) };
      return { done: readListing({ day: about.day, terminalCurrency: currencyOf(terminal) }, answer) };
    },
  };
}

const expectedOf = (
  terminal: Terminal,
  { reference, amountMinor, currency }: Pick<Referred, 'reference' | 'amountMinor' | 'currency'>,
): Expected => ({ reference, amountMinor, currency, terminalCurrency: currencyOf(terminal) });
