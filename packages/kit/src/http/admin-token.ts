// The operator's token (contract 0.2): `Authorization: Bearer …`.
import { Refusal } from '@ozura/core/errors';
import type { Secret } from '@ozura/core/secret';
import type { FastifyRequest } from 'fastify';
import { hashKey, sameHash } from '../auth.ts';

interface Config {
  readonly pepper: Secret<Uint8Array>;
  /** Without one nobody is the operator. */
  readonly adminToken?: Secret<string>;
}

/** Throws a `Refusal` for anybody else. */
export function checkAdminToken(
  { pepper, adminToken }: Config,
  { headers }: Pick<FastifyRequest, 'headers'>,
): undefined {
  const sent = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (sent === undefined) throw new Refusal('MISSING_CREDENTIALS');
  const isRight = adminToken !== undefined && sameHash(hashKey(pepper, adminToken.open()), hashKey(pepper, sent));
  if (!isRight) throw new Refusal('INVALID_CREDENTIALS');
}
