// A sale as the sandbox's clients see it, in the answer to a sale and in an inquiry.
import { rawCodeOf } from './processor-codes.ts';
import type { SaleEntry } from './store/journal.ts';

export const saleAnswer = (sale: SaleEntry): Record<string, unknown> => ({
  reference: sale.reference,
  transactionId: sale.transactionId,
  status: sale.status,
  amount: sale.amountMinor,
  currency: sale.currency,
  authCode: sale.authCode,
  avsResult: sale.avsResult,
  cvvResult: sale.cvvResult,
  networkReference: sale.networkReference,
  ...(sale.declineCode === undefined ? {} : { declineCode: sale.declineCode, ...rawCodeOf(sale.declineCode) }),
});
