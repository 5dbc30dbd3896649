// A merchant with two processors (contract 9.3): the second one is tried only after the first provably did nothing, and
// the Vault keeps the security code for it no longer than the charge lasts.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { standardChecks } from '@ozura/core/attempt-checks';
import { newChargeId } from '@ozura/core/ids';
import { Secret } from '@ozura/core/secret';
import { openContext } from '@ozura/kit/context';
import { openOutbound } from '@ozura/kit/fetch';
import { openLog } from '@ozura/kit/log';
import { type Charging, reserveCharge, runCharge } from '@ozura/pay/attempt';
import type { PayContext } from '@ozura/pay/context';
import type { Processor, SaleInput } from '@ozura/pay/processors/port';
import { openSandbox } from '@ozura/pay/processors/sandbox/index';
import { openVault } from '@ozura/pay/vault';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { forEachEngine } from './databases.ts';
import { attemptStates } from './pay-ledger.ts';
import { type PaymentPrograms, startPaymentPrograms } from './payment-programs.ts';

/** A processor that says the same to every sale; with the status 0 nothing. */
async function startFirstProcessor(
  status: number,
  body: Record<string, unknown>,
): Promise<{ url: string; server: Server }> {
  const server = createServer((request, answer) => {
    let sent = '';
    request.on('data', (chunk) => {
      sent += chunk;
    });
    request.on('end', () => {
      const { reference } = JSON.parse(sent);
      if (status === 0) answer.destroy();
      else answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ reference, ...body }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

forEachEngine((_engine, _open, create) => {
  const outbound = openOutbound();
  const servers: Server[] = [];
  const destinations: string[] = [];
  let programs: PaymentPrograms;
  const first: Record<string, string> = {};

  beforeAll(async () => {
    for (const [name, status, body] of [
      ['refusing', 200, { status: 'not_processed' }],
      ['declining', 200, { status: 'declined', declineCode: 'do_not_honor' }],
      ['confused', 200, { status: 'maybe' }],
      ['breaking', 0, {}],
    ] as const) {
      const { url, server } = await startFirstProcessor(status, body);
      first[name] = url;
      servers.push(server);
      destinations.push(url);
    }
    programs = await startPaymentPrograms(await create(), destinations);
  });

  afterAll(async () => {
    await programs?.stop();
    for (const server of servers) server.close();
    await outbound.close();
  });

  /** One sale through `urls` in order, in a Pay of this process that shares the ledger. */
  const sell = (urls: readonly string[]) => sellThrough(urls.map((url) => openSandbox({ url, unreachableUrl: url })));

  const sellThrough = async (
    processors: readonly Processor[],
    plan?: Charging['sale']['plan'],
    more: Partial<Charging> = {},
  ) => {
    const { token, cvcSession } = await programs.tokenize('4242424242424242');
    const cascade = processors.map((processor, index) => ({ ...processor, name: `processor-${index}` }));
    const vault = openVault({ vaultUrl: programs.vaultUrl, serviceKey: programs.payServiceKey, send: outbound.send });
    const releases: Promise<void>[] = [];
    const releaseCode: typeof vault.releaseCode = (...asked) => {
      const release = vault.releaseCode(...asked);
      releases.push(release);
      return release;
    };
    const context = {
      ...openContext(openLog({ program: 'test', level: 'silent' })),
      db: programs.ledger,
      send: outbound.send,
      vault: { ...vault, releaseCode },
      processors: new Map(cascade.map((processor) => [processor.name, processor])),
      reached: () => undefined,
    } as unknown as PayContext;
    const usual = { ...chargingOf({ token, cvcSession, cascade }), ...more };
    const charging = plan === undefined ? usual : { ...usual, sale: { ...usual.sale, plan } };
    const reserved = await reserveCharge(context, charging);
    if (reserved === undefined) throw new Error('not reserved');
    const attempt = await runCharge(context, charging, reserved);
    return {
      attempt,
      states: await attemptStates(programs.ledger, attempt.chargeId),
      releases,
      /** What the Vault says to one more step of the same charge. */
      async again() {
        await Promise.all(releases);
        const body = { reference: 'R', cvc: '\u0024{cvc}' };
        return vault.sendCard({
          merchantId: 'ozu_bluekettle',
          request: { method: 'POST', url: `${first.refusing}/sales`, body },
          token,
          cvcSession: new Secret(cvcSession),
          leaseId: attempt.chargeId,
          timeoutMs: 5_000,
        });
      },
    };
  };

  test('after a refusal the next processor charges, with the same security code', async () => {
    const { attempt, states } = await sell([first.refusing ?? '', programs.sandboxUrl]);
    expect(states).toEqual(['REFUSED', 'APPROVED']);
    expect(attempt).toMatchObject({ ordinal: 1, processor: 'processor-1', state: 'APPROVED' });
    expect(attempt.outcome).toMatchObject({ cvvResult: 'M' });
  });

  test.each([
    ['declining', 'DECLINED'],
    ['confused', 'UNKNOWN'],
  ])('after a %s one nobody else is asked', async (name, state) => {
    const { attempt, states } = await sell([first[name] ?? '', programs.sandboxUrl]);
    expect(states).toEqual([state]);
    expect((await programs.bookings()).some(({ reference }) => reference === attempt.attemptId)).toBe(false);
  });

  test('the first charge of a plan is told as such, and a later one as the merchant’s own', async () => {
    const told: Partial<SaleInput>[] = [];
    const listening: Processor = {
      ...openSandbox({ url: '', unreachableUrl: '' }),
      sale: ({ initiator, startsPlan, networkReference }) => {
        told.push({ initiator, ...(startsPlan && { startsPlan }), ...(networkReference && { networkReference }) });
        return { done: { kind: 'unknown', reason: 'it only listens' } };
      },
    };
    await sellThrough([listening]);
    // There is no such plan, so its outcome cannot be recorded.
    for (const plan of [{ cycle: 1 }, { cycle: 2, networkReference: 'net-1' }]) {
      expect((await sellThrough([listening], { planId: 'plan_1', ...plan })).states).toEqual(['SENT']);
    }
    expect(told).toEqual([
      { initiator: 'customer' },
      { initiator: 'customer', startsPlan: true },
      { initiator: 'merchant', networkReference: 'net-1' },
    ]);
  });

  test('of an undoing that breaks off the outcome is not known, and it is undone later', async () => {
    const breaking: Processor = {
      ...openSandbox({ url: '', unreachableUrl: '' }),
      sale: () => ({ done: { kind: 'approved', processorTransactionId: 'sbx-0', avsResult: 'Y', cvvResult: 'N' } }),
      void: () => {
        throw new Error('it cannot be put into words');
      },
    };
    const { attempt, states } = await sellThrough([breaking]);
    expect([attempt.state, ...states]).toEqual(['VOID_PENDING', 'VOID_PENDING']);
  });

  test('when all refuse, nothing was charged', async () => {
    expect((await sell([first.refusing ?? '', first.refusing ?? ''])).states).toEqual(['REFUSED', 'REFUSED']);
  });

  /** A processor that is greeted before it is given the card, and told afterwards that it was. */
  const inSteps = (url: string, last: string): Processor => {
    const sandbox = openSandbox({ url, unreachableUrl: url });
    const about = (to: string) =>
      ({ send: { method: 'POST', url: `${to}/sales`, body: { reference: 'none' } } }) as const;
    return {
      ...sandbox,
      sale(input, answers, access) {
        const [greeted, sold, told] = answers;
        if (greeted === undefined) return about(first.confused ?? '');
        if (sold === undefined) return sandbox.sale(input, [], access);
        return told === undefined && last !== '' ? about(last) : sandbox.sale(input, [sold], access);
      },
    };
  };

  test('a processor that takes several steps gets the security code in the one that has a place for it', async () => {
    const { attempt } = await sellThrough([inSteps(programs.sandboxUrl, first.confused ?? '')]);
    expect(attempt).toMatchObject({ state: 'APPROVED', outcome: { cvvResult: 'M' } });
    const later = await sellThrough([inSteps(first.refusing ?? '', ''), inSteps(programs.sandboxUrl, '')]);
    expect(later.states).toEqual(['REFUSED', 'APPROVED']);
    expect(later.attempt.outcome).toMatchObject({ cvvResult: 'M' });
  });

  test('a step before the card that is broken off is no sale, and the next processor charges', async () => {
    const body = { reference: 'none' };
    const broken: Processor = {
      ...openSandbox({ url: '', unreachableUrl: '' }),
      sale: () => ({ send: { method: 'POST', url: `${first.breaking}/sales`, body } }),
    };
    const { states } = await sellThrough([broken, inSteps(programs.sandboxUrl, '')]);
    expect(states).toEqual(['REFUSED', 'APPROVED']);
  });

  test('a step that is not sent after the card was proves nothing, and nobody else is asked', async () => {
    const { states } = await sellThrough([
      inSteps(programs.sandboxUrl, 'http://127.0.0.1:1'),
      inSteps(programs.sandboxUrl, ''),
    ]);
    expect(states).toEqual(['UNKNOWN']);
  });

  const gone = { kind: 'refused', cause: 'cvc_gone' };

  test('with the end of the charge the security code is gone, whether a step has used it or not', async () => {
    const refused = await sell([first.refusing ?? '', first.refusing ?? '']);
    expect([refused.releases.length, await refused.again()]).toMatchObject([1, gone]);
    const silent: Processor = {
      ...openSandbox({ url: '', unreachableUrl: '' }),
      sale: () => ({ done: { kind: 'unknown', reason: 'it only listens' } }),
    };
    expect(await (await sellThrough([silent])).again()).toMatchObject(gone);
    expect(await (await sellThrough([silent, silent])).again()).toMatchObject(gone);
    const unreachable = await sell(['http://127.0.0.1:1']);
    expect([unreachable.states, await unreachable.again()]).toMatchObject([['REFUSED'], gone]);
    const late = await sellThrough([silent], undefined, { answerByMs: Date.now() });
    expect([late.states, await late.again()]).toMatchObject([['NOT_SENT'], gone]);
  });

  test('of a code that the Vault has used up nothing is said', async () => {
    const { states, releases, again } = await sell([programs.sandboxUrl]);
    expect([states, releases, await again()]).toMatchObject([['APPROVED'], [], gone]);
  });
});

function chargingOf({
  token,
  cvcSession,
  cascade,
}: { token: string; cvcSession: string } & Pick<Charging, 'cascade'>): Charging {
  const address = { line1: '9 Pier Road', city: 'Oakland', state: 'CA', zip: '94607', country: 'US' };
  const billing = { firstName: 'Ines', lastName: 'Duarte', email: 'i@example.com', phone: '+14155550134', address };
  const chargeId = newChargeId(randomBytes);
  return {
    claim: { chargeId, merchantId: 'ozu_bluekettle', idempotencyKey: chargeId, fingerprint: 'f', cvcHash: chargeId },
    sale: {
      token,
      channel: 'ecommerce',
      billing,
      known: { amount: '18.40', currency: 'USD', cardBin: '424242', cardLastFour: '4242' } as Charging['sale']['known'],
    },
    totalMinor: 1840n,
    cvcSession: new Secret(cvcSession),
    cascade,
    checks: standardChecks,
    descriptor: 'Blue Kettle',
    answerByMs: Date.now() + 28_000,
  };
}
