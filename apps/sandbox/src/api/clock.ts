// `PUT /clock`: the test clock of the installation that the sandbox is part of (contract 14.3).
import { integer, optional, readAll, record, required } from '@ozura/core/validation';
import { writeClock } from '@ozura/kit/db/test-clock';
import { readBody } from '@ozura/kit/http/read-body';
import type { FastifyRequest } from 'fastify';
import type { SandboxContext } from '../context.ts';

const anyMs = integer(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
const readSetting = record({ offsetMs: required(anyMs), frozenAtMs: optional(anyMs) });

export const putClock =
  ({ db }: SandboxContext) =>
  async (request: FastifyRequest): Promise<unknown> => {
    await writeClock(db, readAll(readSetting, readBody(request, false)));
    return { success: true };
  };
