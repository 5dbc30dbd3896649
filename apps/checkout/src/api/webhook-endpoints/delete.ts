// `DELETE /api/webhook-endpoints/{endpointId}` (contract 14.1): with what is queued for it.
import { Refusal } from '@ozura/core/errors';
import type { Call } from '@ozura/kit/http/route';
import type { Merchant } from '../../authentication.ts';
import type { CheckoutContext } from '../../context.ts';
import { deleteEndpoint as deleteStored } from '../../store/webhook-endpoints.ts';

export const deleteEndpoint =
  ({ db }: CheckoutContext) =>
  async ({ params, who }: Call<unknown, Merchant>): Promise<object> => {
    if ((await deleteStored(db, who.merchantId, params.endpointId ?? '')) === 0) throw new Refusal('NOT_FOUND');
    return { success: true };
  };
