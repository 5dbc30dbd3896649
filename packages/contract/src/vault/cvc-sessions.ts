// `POST /cvc-sessions/release`: Pay says that a charge needs its security code no longer (contract 13.3).
import { record, required } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { inVaultWords, opaque } from './reader.ts';

export const releaseCvcSessions = endpoint({
  name: 'releaseCvcSessions',
  summary: 'Gives up the security code that a charge held.',
  service: 'vault',
  method: 'POST',
  path: '/cvc-sessions/release',
  auth: ['service'],
  input: inVaultWords(record({ cvc_lease_id: required(opaque(100), 'cvcLeaseId') })),
  status: 200,
  output: Type.Object({ success: Type.Boolean(), data: Type.Object({ released: Type.Boolean() }) }),
  errors: ['VALIDATION_FAILED', 'PERMISSION_DENIED'],
});
