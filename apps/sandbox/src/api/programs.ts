// `POST /programs`, `GET /programs?merchant=…` and `DELETE /programs?merchant=…` (contract 14.6).
import { programShape } from '@ozura/contract/pay/sandbox-programs';
import { readAll, record, required, text } from '@ozura/core/validation';
import { readBody } from '@ozura/kit/http/read-body';
import type { FastifyRequest } from 'fastify';
import type { SandboxContext } from '../context.ts';
import { nextEntryNumber } from '../store/journal.ts';
import { deletePrograms, insertProgram, type NewProgram, type Program, programsOf } from '../store/programs.ts';

const merchant = required(text(1, 64));
const readProgram = record({ merchant, ...programShape });
const readMerchant = record({ merchant });

export const postProgram =
  ({ db }: SandboxContext) =>
  async (request: FastifyRequest): Promise<unknown> => {
    const program = readAll(readProgram, readBody(request, false)) as NewProgram;
    const inserted = await db.transact(async (tx) => insertProgram(tx, await nextEntryNumber(tx), program));
    return { program: programAnswer(inserted) };
  };

export const getPrograms =
  ({ db }: SandboxContext) =>
  async (request: FastifyRequest): Promise<unknown> => {
    const programs = await programsOf(db, readAll(readMerchant, request.query).merchant);
    return { programs: programs.map(programAnswer) };
  };

export const removePrograms =
  ({ db }: SandboxContext) =>
  async (request: FastifyRequest): Promise<unknown> => ({
    deleted: await deletePrograms(db, readAll(readMerchant, request.query).merchant),
  });

const programAnswer = ({ programNumber, createdAtMs, merchant: _own, ...program }: Program) => ({
  programId: `prg-${String(programNumber).padStart(6, '0')}`,
  ...program,
  createdAt: new Date(createdAtMs).toISOString(),
});
