// Whose merchant key this is: asked by our other programs, since Pay owns merchants and their keys.
import { record } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';

/** Call with the service key and the merchant key as `x-api-key`. */
export const verifyMerchantKey = endpoint({
  name: 'verifyMerchantKey',
  summary: 'Tells whose merchant key this is, and what Checkout has to know of the merchant.',
  service: 'pay',
  method: 'GET',
  path: '/merchants/key',
  auth: ['service', 'merchant-key'],
  input: record({}),
  status: 200,
  output: Type.Object({
    success: Type.Literal(true),
    /** Where customers may be sent to; empty: anywhere. */
    data: Type.Object({
      merchantId: Type.String(),
      name: Type.String(),
      allowedReturnHosts: Type.Array(Type.String()),
    }),
  }),
  errors: ['MISSING_CREDENTIALS', 'INVALID_CREDENTIALS', 'RATE_LIMITED', 'INTERNAL_ERROR'],
});
