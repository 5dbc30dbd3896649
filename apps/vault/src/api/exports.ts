// `POST /exports`: the operator hands tokens to somebody's public key. Each token is in the audit log before it leaves.
import type { InputOf } from '@ozura/contract/endpoint';
import type { exportTokens } from '@ozura/contract/vault/transfers';
import { randomText } from '@ozura/core/ids';
import type { Call } from '@ozura/kit/http/route';
import { operatorOf } from '../auth.ts';
import type { VaultContext } from '../context.ts';
import { holderField, numberField, openValue } from '../sealed-value.ts';
import { type ExportedRow, listForExport } from '../store/exports.ts';
import { partText, type TransferredToken } from '../transfer/part.ts';
import { openRecipient } from '../transfer/recipient.ts';

/** Bounds the memory of a part, and the time that its audit records take. */
const tokensPerPart = 50;
const exportIdCharacters = 22;

export const handleExportTokens =
  (context: VaultContext) =>
  async ({ input, request }: Call<InputOf<typeof exportTokens>, undefined>) => {
    const { db, random, audit } = context;
    const recipient = await openRecipient(input.recipient);
    const rows = await listForExport(db, input.merchant_id, input.after ?? '', tokensPerPart);
    await db.transact(async (tx) => {
      const event = { actor: operatorOf(request), action: 'export_token', outcome: 'allowed' } as const;
      const where = { address: request.ip, requestId: request.id };
      const events = rows.map(({ token, merchantId }) => {
        return { ...event, ...where, merchantId, object: `${token} to ${recipient.id}` };
      });
      await audit.recordAll(tx, events, await tx.now());
    });
    const exportId = input.export_id ?? `exp_${randomText(random, exportIdCharacters)}`;
    const last = rows.length < tokensPerPart;
    const tokens = await Promise.all(rows.map((row) => inClear(context, row)));
    const jwe = await recipient.encrypt(partText({ exportId, part: input.part, last, tokens }));
    const after = last ? {} : { after: rows.at(-1)?.token };
    return { success: true, data: { export_id: exportId, jwe, tokens: rows.length, ...after } };
  };

async function inClear(context: VaultContext, row: ExportedRow): Promise<TransferredToken> {
  const { sealedNumber, sealedHolder, expirationMonth, expirationYear, routingNumber, accountType, ...facts } = row;
  const open = (sealed: Uint8Array, field: string) => openValue(context, row, sealed, field);
  const digits = await open(sealedNumber, numberField);
  if (row.type === 'card') {
    const expiry = { expirationMonth: expirationMonth ?? '', expirationYear: expirationYear ?? '' };
    return { ...facts, values: { cardNumber: digits, ...expiry } };
  }
  const holder = sealedHolder === null ? {} : JSON.parse(await open(sealedHolder, holderField));
  const account = { accountNumber: digits, routingNumber: routingNumber ?? '', accountType: accountType ?? '' };
  return { ...facts, values: { ...account, firstName: holder.firstName, lastName: holder.lastName } };
}
