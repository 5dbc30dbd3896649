// Every route of the operator.
import { listAudit } from '@ozura/contract/pay/admin/audit';
import { decideDiscrepancy, listDiscrepancies } from '@ozura/contract/pay/admin/discrepancies';
import { offerEventsAgain } from '@ozura/contract/pay/admin/events';
import { addMerchantKey, revokeMerchantKey } from '@ozura/contract/pay/admin/keys';
import { createMerchant, getMerchant, listMerchants, updateMerchant } from '@ozura/contract/pay/admin/merchants';
import { checkProcessor, orderProcessors, removeProcessor, setProcessor } from '@ozura/contract/pay/admin/processors';
import { listReviews, resolveReview } from '@ozura/contract/pay/admin/reviews';
import { listTaxRows, replaceTaxRows, setTaxRow } from '@ozura/contract/pay/admin/tax-rows';
import type { Router } from '@ozura/kit/http/route';
import type { Authentication } from '../../authentication.ts';
import type { PayContext } from '../../context.ts';
import { answerAudit } from './audit.ts';
import { answerDecide, answerDiscrepancies } from './discrepancies.ts';
import { answerOfferAgain } from './events.ts';
import { answerAddKey, answerRevokeKey } from './keys.ts';
import { answerCreateMerchant, answerGetMerchant, answerListMerchants, answerUpdateMerchant } from './merchants.ts';
import {
  answerCheckProcessor,
  answerOrderProcessors,
  answerRemoveProcessor,
  answerSetProcessor,
} from './processors.ts';
import { answerResolve, answerReviews } from './reviews.ts';
import { answerListTaxRows, answerReplaceTaxRows, answerSetTaxRow } from './tax-rows.ts';

export function serveAdmin({ serve }: Router, context: PayContext, authenticate: Authentication['admin']): void {
  serve(createMerchant, { authenticate, handle: (call) => answerCreateMerchant(context, call) });
  serve(listMerchants, { authenticate, handle: (call) => answerListMerchants(context, call) });
  serve(getMerchant, { authenticate, handle: (call) => answerGetMerchant(context, call) });
  serve(updateMerchant, { authenticate, handle: (call) => answerUpdateMerchant(context, call) });
  serve(addMerchantKey, { authenticate, handle: (call) => answerAddKey(context, call) });
  serve(revokeMerchantKey, { authenticate, handle: (call) => answerRevokeKey(context, call) });
  serve(orderProcessors, { authenticate, handle: (call) => answerOrderProcessors(context, call) });
  serve(setProcessor, { authenticate, handle: (call) => answerSetProcessor(context, call) });
  serve(checkProcessor, { authenticate, handle: (call) => answerCheckProcessor(context, call) });
  serve(removeProcessor, { authenticate, handle: (call) => answerRemoveProcessor(context, call) });
  serve(listTaxRows, { authenticate, handle: (call) => answerListTaxRows(context, call) });
  serve(replaceTaxRows, { authenticate, handle: (call) => answerReplaceTaxRows(context, call) });
  serve(setTaxRow, { authenticate, handle: (call) => answerSetTaxRow(context, call) });
  serve(listReviews, { authenticate, handle: () => answerReviews(context) });
  serve(resolveReview, { authenticate, handle: (call) => answerResolve(context, call) });
  serve(listDiscrepancies, { authenticate, handle: () => answerDiscrepancies(context) });
  serve(decideDiscrepancy, { authenticate, handle: (call) => answerDecide(context, call) });
  serve(offerEventsAgain, { authenticate, handle: (call) => answerOfferAgain(context, call) });
  serve(listAudit, { authenticate, handle: (call) => answerAudit(context, call) });
}
