// The Vault's audit log, for the operator: whether it still says what was written (contract 13.2).
import { integer, optional, pattern, record, required } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { textOf } from '../schema.ts';
import { inVaultWords } from './reader.ts';

const anchor = Type.Object({ sequence: Type.Integer(), mac: Type.String() });

/** Reads the whole log. `anchor` is an earlier answer's, noted where nobody who could change the log can change it. */
export const verifyAuditLog = endpoint({
  name: 'verifyAuditLog',
  summary: 'Tells whether the audit log is what was written, and where it is not.',
  service: 'vault',
  method: 'POST',
  path: '/audit/verify',
  auth: ['admin'],
  input: inVaultWords(
    record({
      anchor: optional(
        record({
          sequence: required(integer(1, Number.MAX_SAFE_INTEGER)),
          mac: required(pattern(/^[0-9a-f]{64}$/, 'must be a mac')),
        }),
      ),
    }),
  ),
  status: 200,
  output: Type.Object({
    success: Type.Boolean(),
    data: Type.Object({
      records: Type.Integer(),
      anchor,
      damage: Type.Optional(
        Type.Object({
          sequence: Type.Integer(),
          kind: textOf('altered', 'removed', 'inserted', 'reordered', 'truncated'),
        }),
      ),
    }),
  }),
  errors: ['VALIDATION_FAILED'],
});
