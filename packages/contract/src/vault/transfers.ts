// Tokens from one installation to another, for the operator: in parts, each encrypted to the recipient's public key as a
// JWE (RFC 7516), so that nobody on the way holds a card and nobody needs memory for all of them.
import { accepting, integer, isObject, optional, pattern, type Reader, record, required } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { inVaultWords, opaque } from './reader.ts';

const partMaxBytes = 256 * 1024;

/** A public key as a JWK (RFC 7517). Whether it is one that can be used is the Vault's to say. */
const publicKey: Reader<Record<string, string>> = accepting(
  (value, path, intake) =>
    isObject(value) && Object.values(value).every((member) => typeof member === 'string')
      ? (value as Record<string, string>)
      : intake.fail(path, 'is not valid'),
  { schema: { type: 'object', description: 'A public JWK: X25519, EC or RSA.' } },
);

const byAdmin = { service: 'vault', auth: ['admin'], status: 200 } as const;

/** The next part of an export. The first one begins it; each answer but the last says after which token to go on. */
export const exportTokens = endpoint({
  ...byAdmin,
  name: 'exportTokens',
  summary: 'Hands out the next tokens, encrypted to a public key.',
  method: 'POST',
  path: '/exports',
  input: inVaultWords(
    record({
      recipient: required(publicKey),
      merchant_id: optional(pattern(/^[A-Za-z0-9_-]{1,30}$/, 'is not valid'), 'merchantId'),
      export_id: optional(pattern(/^[A-Za-z0-9_-]{1,64}$/, 'is not valid'), 'exportId'),
      part: required(integer(1, 1_000_000_000)),
      after: optional(opaque(64)),
    }),
  ),
  output: Type.Object({
    success: Type.Boolean(),
    data: Type.Object({
      export_id: Type.String(),
      jwe: Type.String(),
      tokens: Type.Integer(),
      /** Absent in the answer of the last part. */
      after: Type.Optional(Type.String()),
    }),
  }),
  errors: ['VALIDATION_FAILED'],
});

export const getImportKey = endpoint({
  ...byAdmin,
  name: 'getImportKey',
  summary: 'Shows the public key that tokens for this Vault are encrypted to.',
  method: 'GET',
  path: '/imports/key',
  input: record({}),
  output: Type.Object({ success: Type.Boolean(), data: Type.Record(Type.String(), Type.String()) }),
  errors: [],
});

/** One part of an export. A token that is there already stays as it is, so a part may come twice. */
export const importTokens = endpoint({
  ...byAdmin,
  name: 'importTokens',
  summary: 'Takes one part of an export in.',
  method: 'POST',
  path: '/imports',
  bodyMaxBytes: partMaxBytes,
  input: inVaultWords(record({ jwe: required(opaque(partMaxBytes)) })),
  output: Type.Object({
    success: Type.Boolean(),
    data: Type.Object({
      export_id: Type.String(),
      part: Type.Integer(),
      last: Type.Boolean(),
      imported: Type.Integer(),
      /** That were here before. */
      known: Type.Integer(),
    }),
  }),
  errors: ['VALIDATION_FAILED', 'INVALID_CARD_NUMBER', 'TEST_CARD_REQUIRED', 'TEST_CARD_REFUSED'],
});
