// `POST /outbox/collect`: Checkout takes the events of all merchants over.
import type { InputOf } from '@ozura/contract/endpoint';
import type { collectEvents } from '@ozura/contract/pay/outbox';
import type { Call } from '@ozura/kit/http/route';
import type { PayContext } from '../context.ts';
import { handOver } from '../outbox.ts';

export const handOverEvents = async (
  context: PayContext,
  { input }: Call<InputOf<typeof collectEvents>, unknown>,
): Promise<object> => ({ success: true, data: { events: await handOver(context, input.collected) } });
