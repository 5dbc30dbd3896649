// Merchant keys (contract 0.2): two may be active together, so that one can take over from the other.
import { Type } from 'typebox';
import { endpoint } from '../../endpoint.ts';
import { adminErrors, byAdmin, operatorOnly } from './operator.ts';

export const addMerchantKey = endpoint({
  ...byAdmin,
  name: 'addMerchantKey',
  summary: 'Makes a second key, so that one can take over from the other.',
  method: 'POST',
  path: '/admin/merchants/:merchantId/keys',
  input: operatorOnly,
  status: 201,
  output: Type.Object({
    success: Type.Literal(true),
    /** The only answer that ever shows the key. */
    data: Type.Object({ keyId: Type.String(), merchantKey: Type.String() }),
  }),
  errors: adminErrors,
});

/** It stops working at Pay at once, everywhere else within 60 s. Repeating it changes nothing. */
export const revokeMerchantKey = endpoint({
  ...byAdmin,
  name: 'revokeMerchantKey',
  summary: 'Revokes a key: at Pay at once, everywhere else within 60 seconds.',
  method: 'POST',
  path: '/admin/merchants/:merchantId/keys/:keyId/revoke',
  input: operatorOnly,
  output: Type.Object({ success: Type.Literal(true), data: Type.Object({ revoked: Type.Literal(true) }) }),
  errors: adminErrors,
});
