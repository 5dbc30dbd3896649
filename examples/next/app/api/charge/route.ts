// Charges the card behind a token: the amount is looked up here, the rest comes from the page.
import { createCardSaleHandler } from '@ozura/elements/server';
import { openOzura, priceOf } from '../../../lib/ozura.ts';

export const POST = (request: Request): Promise<Response> =>
  createCardSaleHandler(openOzura(), { getAmount: ({ product }) => priceOf(product) })(request);
