// What the database commits of a request take by themselves: the functions that the programs call, on our database layer,
// without HTTP, other programs or a processor.
import { createSecretKey } from 'node:crypto';
import { insertSession } from '@ozura/checkout/store/sessions';
import { onOutcome, onSend } from '@ozura/core/attempt';
import { standardChecks } from '@ozura/core/attempt-checks';
import { newReference, newSessionId } from '@ozura/core/ids';
import { defaultSettings } from '@ozura/core/merchant-settings';
import { requestOver } from '@ozura/e2e/simulation/customers';
import { merchantId } from '@ozura/e2e/simulation/programs';
import { openContext } from '@ozura/kit/context';
import type { Database } from '@ozura/kit/db/handle';
import { migrate, readMigrations } from '@ozura/kit/db/migrate';
import { openDatabase } from '@ozura/kit/db/open';
import { openLog } from '@ozura/kit/log';
import { reserveCharge } from '@ozura/pay/attempt';
import type { PayContext } from '@ozura/pay/context';
import { decideKnown } from '@ozura/pay/ledger';
import { type PreparedSale, prepareSale } from '@ozura/pay/prepared-sale';
import { openSandbox } from '@ozura/pay/processors/sandbox/index';
import type { Attempt } from '@ozura/pay/store/attempts';
import { insertMerchant } from '@ozura/pay/store/merchants';
import { openAudit } from '@ozura/vault/audit';
import type { VaultContext } from '@ozura/vault/context';
import { deriveCvcKeys, newCvcHandle } from '@ozura/vault/crypto/cvc';
import { takeUse } from '@ozura/vault/proxy/release';
import { insertCvcs } from '@ozura/vault/store/cvc-entries';
import { insertKey } from '@ozura/vault/store/keys';
import { insertToken } from '@ozura/vault/store/tokens';
import type { DatabaseOf, EngineHome } from './engines.ts';

const keyId = `card-data:${merchantId}:1`;
const base = openContext(openLog({ program: 'bench', level: 'silent' }));
const request = requestOver(1_840n);
const address = { line1: '9 Pier Road', city: 'Oakland', state: 'CA', zip: '94607', country: 'US' };
const billing = { firstName: 'Ines', lastName: 'Duarte', email: 'ines@example.com', phone: '+14155550134', address };

export async function openTables(home: EngineHome, program: DatabaseOf, name = 'limits'): Promise<Database> {
  const db = await openDatabase({ url: await home.create(`${name}_${program}`) });
  await makeTables(db, program);
  return db;
}

export const makeTables = (db: Database, program: DatabaseOf): Promise<unknown> =>
  migrate(db, readMigrations(new URL(`../../apps/${program}/src/store/migrations/`, import.meta.url)));

/** As `POST /api/sessions/create` asks its database. */
export async function commitSession(db: Database): Promise<void> {
  const nowMs = await db.now();
  const id = newSessionId(nowMs, base.random);
  const times = { createdAtMs: nowMs, expiresAtMs: nowMs + 1_800_000 };
  await insertSession(db, { id, request, ...times });
}

/** A token and its security code, as they lie in the Vault. */
export interface LaidOut {
  readonly token: string;
  readonly cvcSession: string;
}

export async function layOutCard(vault: Database): Promise<LaidOut> {
  const nowMs = await vault.now();
  const [token, cvcSession] = [`tok_${newReference(nowMs, base.random)}`, newCvcHandle(base.random)];
  const sealed = base.random(60);
  const facts = {
    mask: '424242******4242',
    bin: '424242',
    last4: '4242',
    brand: 'VISA',
    funding: 'credit',
    country: 'US',
  };
  const card = {
    type: 'card',
    expirationMonth: '11',
    expirationYear: '2039',
    routingNumber: null,
    accountType: null,
  } as const;
  const nobody = { mintedIn: null, sessionId: null, orderId: null, customerId: null, cartId: null, purgeAt: null };
  const keys = { keyId, sealedNumber: sealed, sealedHolder: null, fingerprint: token };
  await insertToken(vault, { token, merchantId, ...facts, ...card, ...nobody, ...keys, createdAt: nowMs });
  const lookupId = deriveCvcKeys(cvcSession)?.lookupId ?? '';
  await insertCvcs(vault, [{ ...{ lookupId, merchantId, token }, sealed: sealed, expiresAt: nowMs + 600_000 }]);
  return { token, cvcSession };
}

export interface Ledgers {
  readonly pay: PayContext;
  readonly vault: VaultContext;
}

export async function openLedgers(pay: Database, vault: Database): Promise<Ledgers> {
  await insertMerchant(pay, { merchantId, name: 'Blue Kettle', processors: ['sandbox'], settings: defaultSettings });
  const key = { id: keyId, purpose: 'card-data', merchantId, version: 1, wrappedBy: null };
  await insertKey(vault, { ...key, wrapped: base.random(60), uses: 0, createdAt: 0 });
  const audit = openAudit(createSecretKey(base.random(32)), vault);
  return {
    pay: { ...base, db: pay, reached: () => undefined } as unknown as PayContext,
    vault: { ...base, db: vault, audit } as unknown as VaultContext,
  };
}

/** P1, P2, the use of the card in the Vault, and P4 of an approved sale, one after the other. */
export async function commitPayment({ pay, vault }: Ledgers, card: LaidOut): Promise<void> {
  const sale = saleOf(card.token);
  const attempt = await reserve(pay, card, sale);
  const sent = await decideKnown(pay, { attempt, sale }, ({ state }) => ({ move: onSend(state) }));
  await use(vault, card, attempt.chargeId);
  const outcome = {
    kind: 'approved',
    processorTransactionId: `sbx_${attempt.attemptId}`,
    authCode: '123456',
    avsResult: 'Y',
    cvvResult: 'M',
  } as const;
  const { state } = await decideKnown(pay, { attempt: sent, sale }, (current) => ({
    move: onOutcome(current.state, outcome, current.undo, current.checks),
    outcome,
  }));
  if (state !== 'APPROVED') throw new Error(`a payment ended as ${state}`);
}

async function reserve(pay: PayContext, { cvcSession }: LaidOut, sale: PreparedSale): Promise<Attempt> {
  const chargeId = `chg_${newReference(pay.now(), base.random)}`;
  const attempt = await reserveCharge(pay, {
    claim: { chargeId, merchantId, idempotencyKey: chargeId, fingerprint: chargeId, cvcHash: cvcSession },
    sale,
    totalMinor: 1_840n,
    cascade: [openSandbox({ url: 'http://sandbox', unreachableUrl: 'http://nowhere' })],
    checks: standardChecks,
    descriptor: 'Blue Kettle',
    answerByMs: pay.now() + 28_000,
  });
  if (attempt === undefined) throw new Error('a charge was there before');
  return attempt;
}

const saleOf = (token: string) =>
  prepareSale(
    { token, channel: 'ecommerce', billing, merchantId },
    { bin: '424242', lastFour: '4242', expMonth: '11', expYear: '2039', brand: 'VISA', funding: 'credit' },
    {
      ...{ currency: 'USD', subtotalMinor: 1_840n, taxMinor: 0n, surchargeMinor: 0n, tipMinor: 0n, totalMinor: 1_840n },
      ...{ isTaxed: false, surchargeHundredths: 0n },
    },
  );

async function use(vault: VaultContext, { token, cvcSession }: LaidOut, leaseId: string): Promise<void> {
  const sealed = {
    token,
    type: 'card',
    mintedIn: null,
    mask: '',
    sealedNumber: new Uint8Array(),
    sealedHolder: null,
  } as const;
  const facts = { expirationMonth: '11', expirationYear: '2039', routingNumber: null, accountType: null };
  const template = { text: '', kind: 'json', aliases: false } as const;
  const request = {
    token,
    cvcSessionId: cvcSession,
    cvcLeaseId: undefined,
    proxyUrl: '',
    method: 'POST',
    headers: {},
    template,
  } as const;
  const who = { kind: 'service', service: 'pay', merchantId } as const;
  await takeUse(vault, {
    request,
    token: { ...sealed, ...facts },
    caller: { who, address: '127.0.0.1', requestId: leaseId },
  });
}
