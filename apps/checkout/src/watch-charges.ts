// For monitoring (contract 14.4): charges whose outcome Checkout does not know yet.
import type { CheckoutContext } from './context.ts';
import { countOpenCharges } from './store/charges.ts';

export const watchCharges = ({ db, metrics }: CheckoutContext): void =>
  metrics.watch({
    name: 'ozura_open_charges',
    help: 'Charges that were asked of Pay and are not recorded.',
    read: async () => [{ value: await countOpenCharges(db) }],
  });
