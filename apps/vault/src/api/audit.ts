// `POST /audit/verify`: the operator, or an auditor beside him, checks the audit log (contract 13.2).
import type { InputOf } from '@ozura/contract/endpoint';
import type { verifyAuditLog } from '@ozura/contract/vault/audit';
import type { Call } from '@ozura/kit/http/route';
import type { VaultContext } from '../context.ts';

export const handleVerifyAudit =
  ({ db, audit }: VaultContext) =>
  async ({ input }: Call<InputOf<typeof verifyAuditLog>, undefined>) => ({
    success: true,
    data: await audit.verify(db, input.anchor),
  });
