// A recurring plan as a merchant's server creates it (contract 8.7).
import { saleOf } from './sale.ts';

export function planOf(
  { token, cvcSession }: { readonly token: string; readonly cvcSession: string },
  changes: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const { ozuraCardToken: ozuraVaultToken, ...sale } = saleOf({ token, cvcSession });
  return { ...sale, ozuraVaultToken, planName: 'Tea of the month', amount: '20.00', interval: 'monthly', ...changes };
}
