// Chooses the tax provider and guards it (contract 6.4): one that fails, answers nonsense or takes too long stops quote
// and charge. Nothing is guessed, and nothing is charged.
import type { Send } from '@ozura/contract/client';
import { Refusal } from '@ozura/core/errors';
import type { Handle } from '@ozura/kit/db/handle';
import type { Log } from '@ozura/kit/log';
import { type TaxProvider, taxTimeoutMs } from './port.ts';
import { askRemotely } from './remote.ts';
import { lookUpTable } from './table.ts';

export interface TaxSources {
  readonly db: Handle;
  readonly send: Send;
  readonly log: Log;
  /** Of a tax program of the operator's, which then answers for all merchants. */
  readonly providerUrl: string | undefined;
}

/** The operator's provider where there is one, else the merchants' own tables. */
export function openTax({ db, send, log, providerUrl }: TaxSources): TaxProvider {
  const ask = providerUrl === undefined ? lookUpTable(db) : askRemotely(send, providerUrl);
  return async (question) => {
    try {
      const taxMinor = await inTime(ask(question));
      if (taxMinor !== undefined && (taxMinor < 0n || taxMinor > question.taxableMinor)) {
        throw new Error(`a tax of ${taxMinor} on ${question.taxableMinor}`);
      }
      return taxMinor;
    } catch (error) {
      log.error({ merchantId: question.merchantId, err: error }, 'the tax is not known');
      throw new Refusal('TAX_UNAVAILABLE');
    }
  };
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${taxTimeoutMs} ms`)), taxTimeoutMs);
  });
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
