// `DELETE /api/webhook-endpoints/{endpointId}` (contract 14.1): with what is queued for it.
import { Refusal } from '@ozura/core/errors';
import type { Call } from '@ozura/kit/http/route';
import type { Merchant } from '../../authentication.ts';
import type { CheckoutContext } from '../../context.ts';
import { forgetDeliveries } from '../../store/webhook-deliveries.ts';
import { changeEndpoint, deleteEndpoint as deleteStored } from '../../store/webhook-endpoints.ts';

/** Of deliveries in one commit: there may be a million, and nobody is to wait for all of them. */
const forgottenAtOnce = 500;

export const deleteEndpoint =
  ({ db }: CheckoutContext) =>
  async ({ params, who }: Call<unknown, Merchant>): Promise<object> => {
    const endpoint = { merchantId: who.merchantId, id: params.endpointId ?? '' };
    // Nothing is queued or sent from here on; what breaks off before the end can be asked for again.
    const disabled = await db.transact((tx) => changeEndpoint(tx, endpoint, { status: 'disabled' }));
    if (disabled === undefined) throw new Refusal('NOT_FOUND');
    while ((await forgetDeliveries(db, endpoint.id, forgottenAtOnce)) > 0);
    await deleteStored(db, endpoint.merchantId, endpoint.id);
    return { success: true };
  };
