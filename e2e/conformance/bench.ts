// Where the conformance list runs: a Vault, and every processor's program. Sales go through the Vault's proxy with a
// tokenized card, everything else directly, as from Pay.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NoAnswer } from '@ozura/contract/client';
import { Secret } from '@ozura/core/secret';
import { openOutbound } from '@ozura/kit/fetch';
import { openLog } from '@ozura/kit/log';
import { sendOnce } from '@ozura/pay/direct';
import { asksForCode } from '@ozura/pay/processors/placeholders';
import type { Access, ProcessorAnswer, ProcessorRequest, SaleInput, Translation } from '@ozura/pay/processors/port';
import { openVault, type Sending } from '@ozura/pay/vault';
import { startVault } from '@ozura/vault/main';
import { createApplication } from '../payment-programs.ts';
import { freePort } from '../ports.ts';
import { tokenizeCard } from '../tokens.ts';
import { type Played, playAll } from './played.ts';

export interface Bench {
  readonly played: readonly Played[];
  sell(played: Played, sale: Sale): Promise<unknown>;
  /** A refund, void, inquiry or list. */
  call<Input>(translate: Translation<Input, unknown>, input: Input, access: Access): Promise<unknown>;
  stop(): Promise<void>;
}

export interface Sale {
  readonly card: string;
  readonly input: SaleInput;
  readonly access: Access;
}

const timeoutMs = 10_000;
const stepsMax = 4;
const adminToken = `adm_${'a'.repeat(43)}`;
const serviceKeys = { checkout: new Secret(`svc_${'c'.repeat(43)}`), pay: new Secret(`svc_${'p'.repeat(43)}`) };

export async function openBench(): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'ozura-conformance-'));
  const played = await playAll(folder);
  const running = await startVaultFor(folder, played);
  const outbound = openOutbound();
  const vault = openVault({ vaultUrl: running.url, serviceKey: serviceKeys.pay, send: outbound.send });
  const vaultKey = await createApplication(running.url, adminToken, 'ozu_bluekettle');
  return {
    played,
    async sell({ processor, account }, { card, input, access }) {
      const { token, cvcSession } = await tokenizeCard(running.url, vaultKey, card);
      const send = (request: ProcessorRequest): Promise<Sending> => {
        const code = asksForCode(request) ? { cvcSession: new Secret(cvcSession) } : {};
        return vault.sendCard({ merchantId: account, request, token, ...code, leaseId: undefined, timeoutMs });
      };
      return carryOut(processor.sale, { input, access }, send);
    },
    call: (translate, input, access) =>
      carryOut(translate, { input, access }, async (request) => {
        try {
          return { kind: 'answered', answer: await sendOnce(outbound.send, request, { timeoutMs }) };
        } catch (error) {
          if (error instanceof NoAnswer) return { kind: 'unanswered' };
          throw error;
        }
      }),
    async stop() {
      await Promise.all([...played.map((one) => one.stop()), running.stop(), outbound.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Sent = { readonly kind: 'answered'; readonly answer: ProcessorAnswer } | { readonly kind: string };

async function carryOut<Input>(
  translate: Translation<Input, unknown>,
  { input, access }: { readonly input: Input; readonly access: Access },
  send: (request: ProcessorRequest) => Promise<Sent>,
): Promise<unknown> {
  const answers: ProcessorAnswer[] = [];
  while (answers.length <= stepsMax) {
    const step = translate(input, answers, access);
    if ('done' in step) return step.done;
    const sent = await send(step.send);
    if (!('answer' in sent)) return sent;
    answers.push(sent.answer);
  }
  throw new Error('more steps than Pay takes');
}

async function startVaultFor(folder: string, played: readonly Played[]) {
  const port = await freePort();
  const vaultUrl = `http://127.0.0.1:${port}`;
  return startVault({
    mode: 'test',
    host: '127.0.0.1',
    port,
    elementsPort: 0,
    urls: { checkoutUrl: vaultUrl, vaultUrl, payUrl: vaultUrl, elementsUrl: vaultUrl },
    databaseUrl: join(folder, 'vault.db'),
    log: openLog({ program: 'conformance', level: 'silent' }),
    trustedProxies: [],
    pepper: new Secret(randomBytes(32)),
    rootKeyFile: join(folder, 'root.key'),
    serviceKeys,
    adminToken: new Secret(adminToken),
    processorDestinations: played.map(({ destination }) => destination),
    cvcSeconds: 90,
  });
}
