// `POST /cvc-sessions/release`: Pay says that a charge needs its security code no longer (contract 13.3).
import { accepting, optional, type Reader, record } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { inVaultWords, opaque } from './reader.ts';

interface ReleaseCvcInput {
  /** The charge that bound the code to itself. */
  readonly cvc_lease_id?: string | undefined;
  /** The code's own handle, which finds also a code that no step of the charge has asked for. */
  readonly cvc_session_id?: string | undefined;
}

const members = record(
  {
    cvc_lease_id: optional(opaque(255), 'cvcLeaseId'),
    cvc_session_id: optional(opaque(255), 'cvcSessionId'),
  },
  { about: { cvc_lease_id: 'At least one of the two.' } },
);

const readRelease: Reader<ReleaseCvcInput> = (value, path, intake) => {
  const input = members(value, path, intake);
  if (input === undefined || (input.cvc_lease_id ?? input.cvc_session_id) !== undefined) return input;
  return intake.failures.length > 0 ? undefined : intake.fail('cvc_lease_id', 'is required');
};

export const releaseCvcSessions = endpoint({
  name: 'releaseCvcSessions',
  summary: 'Gives up the security code that a charge held, or has not used.',
  service: 'vault',
  method: 'POST',
  path: '/cvc-sessions/release',
  auth: ['service'],
  input: inVaultWords(accepting(readRelease, { as: () => members })),
  status: 200,
  output: Type.Object({ success: Type.Boolean(), data: Type.Object({ released: Type.Boolean() }) }),
  errors: ['VALIDATION_FAILED', 'PERMISSION_DENIED'],
});
