// `GET /.well-known/ozura-keys.json` (contract 2.4): what redirects and card frames are signed with, as a JWK Set.
import { record } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../endpoint.ts';

export const signingKeys = endpoint({
  name: 'signingKeys',
  summary: 'Publishes the keys that redirects and card frames are signed with, as a JWK Set.',
  service: 'checkout',
  method: 'GET',
  path: '/.well-known/ozura-keys.json',
  auth: ['none'],
  anyOrigin: true,
  input: record({}),
  status: 200,
  output: Type.Object({
    keys: Type.Array(
      Type.Object({
        kty: Type.Literal('OKP'),
        crv: Type.Literal('Ed25519'),
        use: Type.Literal('sig'),
        alg: Type.Literal('EdDSA'),
        kid: Type.String(),
        x: Type.String(),
      }),
    ),
  }),
  errors: [],
});
