// Real servers whose uses of card data share commits: many at once of which some are refused, and one that is killed in
// the middle (contract 13.2, 13.3).
import { randomBytes } from 'node:crypto';
import { forEachEngine } from '@ozura/e2e/databases';
import { runCli } from '@ozura/e2e/run-cli';
import { elementsOrigin, startTestVault, type TestVault, visa } from '@ozura/e2e/vault';
import { expect, it } from 'vitest';

const merchantId = 'ozu_bluekettle';
/** Nobody listens there: what comes to it was recorded, and was not sent. */
const processorDestinations = ['http://127.0.0.1:1/'];
const used = '502 PROXY_NOT_SENT';

const times = <T>(count: number, work: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_none, i) => work(i)));
const countOf = (outcomes: readonly string[], outcome: string): number =>
  outcomes.filter((one) => one === outcome).length;

async function verified(vault: TestVault): Promise<unknown> {
  const { body } = await vault.call('POST', '/audit/verify', { authorization: `Bearer ${vault.keys.admin}` }, {});
  return body.data;
}

const objectsOf = (vault: TestVault, action: string): Promise<unknown[]> =>
  vault.ask(`SELECT object AS line FROM audit_records WHERE action = '${action}' ORDER BY object`);

forEachEngine((_engine, _open, create) => {
  it('two processes answer each use for itself, and the log holds what happened and nothing else', async () => {
    const first = await startTestVault({ databaseUrl: await create(), processorDestinations });
    const { databaseUrl, rootKeyFile, pepper, serviceKeys, adminToken } = first.config;
    const shared = { databaseUrl, rootKeyFile, pepper, serviceKeys, adminToken, processorDestinations };
    const vaults = [first, await startTestVault(shared)] as const;
    const vaultOf = (i: number): TestVault => vaults[i % 2] as TestVault;
    const service = { 'x-service-key': first.keys.pay, 'x-merchant-id': merchantId };
    const shop = await first.createApplication(merchantId);
    const outcome = async (answer: ReturnType<TestVault['call']>): Promise<string> => {
      const { status, body } = await answer;
      return [status, body.errorCode].join(' ').trim();
    };
    const tokenize = (i: number, session: string) =>
      vaultOf(i).call(
        'POST',
        '/tokenize',
        { origin: elementsOrigin, 'x-session-key': session },
        { type: 'card', data: visa },
      );
    const newCard = async (limits: object = {}) => {
      const { body } = await tokenize(0, await first.mintSession(merchantId, { ...limits }));
      return { token: body.token, cvc_session_id: body.cvc_session_id };
    };
    const use = (i: number, card: object): Promise<string> => {
      const request = { ...card, proxy_url: processorDestinations[0], request_data: {} };
      return outcome(vaultOf(i).call('POST', '/proxy/transaction', service, request));
    };
    const session = await first.mintSession(merchantId, { session_limit: 7 });
    const [limited, coded, going] = [await newCard({ max_proxy_calls: 3 }), await newCard(), await newCard()];

    const [made, ofLimited, ofCoded, ofGoing] = await Promise.all([
      times(16, (i) => outcome(tokenize(i, session))),
      times(10, (i) => use(i, { token: limited.token })),
      times(10, (i) => use(i, coded)),
      times(10, (i) =>
        i === 5
          ? outcome(first.call('DELETE', `/tokens/${going.token}`, { 'x-api-key': shop.key }))
          : use(i, { token: going.token }),
      ),
    ]);
    expect([countOf(made, '201'), countOf(made, '401 SESSION_KEY_CONSUMED')]).toEqual([7, 9]);
    expect([countOf(ofLimited, used), countOf(ofLimited, '403 PROXY_LIMIT')]).toEqual([3, 7]);
    expect([countOf(ofCoded, used), countOf(ofCoded, '400 CVC_SESSION_EXPIRED')]).toEqual([1, 9]);
    expect(countOf(ofGoing, used) + countOf(ofGoing, '404 TOKEN_NOT_FOUND')).toBe(9);
    expect(countOf(ofGoing, '200')).toBe(1);

    expect(await objectsOf(first, 'tokenize')).toEqual(
      await first.ask('SELECT token AS line FROM tokens ORDER BY token'),
    );
    const ofToken = (token: string) =>
      first.ask(
        `SELECT action AS line FROM audit_records WHERE object = '${token}' AND action <> 'tokenize' ORDER BY sequence`,
      );
    expect(await ofToken(limited.token)).toEqual(Array(3).fill('proxy'));
    expect(await ofToken(coded.token)).toEqual(['proxy']);
    // Each use before the deletion, none after it.
    expect(await ofToken(going.token)).toEqual([...Array(countOf(ofGoing, used)).fill('proxy'), 'delete_token']);
    expect(await verified(first)).not.toHaveProperty('damage');
    for (const vault of vaults.toReversed()) await vault.stop();
  });

  it('a merchant who erases what he uses keeps nobody waiting, and nobody else fails', async () => {
    const vault = await startTestVault({ databaseUrl: await create(), processorDestinations });
    const service = { 'x-service-key': vault.keys.pay, 'x-merchant-id': merchantId };
    const shop = await vault.createApplication(merchantId);
    const tokenize = (session: string) =>
      vault.call(
        'POST',
        '/tokenize',
        { origin: elementsOrigin, 'x-session-key': session },
        { type: 'card', data: visa },
      );
    const tokens = await times(30, async () => {
      const session = await vault.mintSession(merchantId, { customer_id: 'cus_1' });
      return (await tokenize(session)).body.token;
    });
    const ofAnother = await vault.mintSession('ozu_another', { session_limit: 1_000 });
    const statuses = new Set<string>();
    let isErased = false;
    const untilErased = (count: number, ask: (n: number) => ReturnType<TestVault['call']>) =>
      times(count, async (i) => {
        for (let n = i; !isErased; n += 7) {
          const { status, body } = await ask(n);
          statuses.add([status, body.errorCode].join(' ').trim());
        }
      });
    const going = [
      untilErased(8, () => tokenize(ofAnother)),
      untilErased(8, (n) => {
        const request = { token: tokens[n % tokens.length], proxy_url: processorDestinations[0], request_data: {} };
        return vault.call('POST', '/proxy/transaction', service, request);
      }),
    ];
    const erased = await vault.call('DELETE', '/tokens?customer_id=cus_1', { 'x-api-key': shop.key });
    isErased = true;
    await Promise.all(going);
    expect([erased.status, erased.body.data.deleted]).toEqual([200, 30]);
    expect(['201', used, '404 TOKEN_NOT_FOUND']).toEqual(expect.arrayContaining([...statuses]));
    expect(await verified(vault)).not.toHaveProperty('damage');
    await vault.stop();
  });

  it('killed in the middle of a group, each token has its record and each record its token', async () => {
    const first = await startTestVault({ databaseUrl: await create() });
    await first.stop({ keep: true });
    const program = runCli(['serve', 'vault'], environmentOf(first));
    await program.printed('is ready on ');
    const url = /is ready on (\S+)/.exec(program.output())?.[1] ?? '';
    const call = async (path: string, headers: object, body: object) => {
      const answer = await fetch(url + path, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return (await answer.json()) as { token: string; data: { session_key: string } };
    };
    const minter = { 'x-service-key': first.keys.checkout, 'x-merchant-id': merchantId };
    const { data } = await call('/sessions', minter, { session_limit: 1_000 });
    const told: string[] = [];
    const makeMore = async (): Promise<void> => {
      for (;;) {
        const headers = { origin: elementsOrigin, 'x-session-key': data.session_key };
        told.push((await call('/tokenize', headers, { type: 'card', data: visa })).token);
        // With most of a group on its way.
        if (told.length === 70) program.child.kill('SIGKILL');
      }
    };
    await Promise.all(Array.from({ length: 32 }, () => makeMore().catch(() => undefined)));
    await program.ended;
    const again = await startTestVault({
      databaseUrl: first.config.databaseUrl,
      rootKeyFile: first.config.rootKeyFile,
    });
    expect(await verified(again)).not.toHaveProperty('damage');
    const tokens = await again.ask('SELECT token AS line FROM tokens ORDER BY token');
    expect(await objectsOf(again, 'tokenize')).toEqual(tokens);
    expect(await again.ask('SELECT token AS line FROM cvc_entries ORDER BY token')).toEqual(tokens);
    expect(await again.ask('SELECT uses AS line FROM sessions')).toEqual([tokens.length]);
    expect(tokens).toEqual(expect.arrayContaining(told));
    await again.stop();
    first.remove();
  });
});

const environmentOf = ({ config, keys }: TestVault): Record<string, string> => ({
  PORT: '0',
  ELEMENTS_PORT: '0',
  DATABASE_URL: config.databaseUrl,
  ELEMENTS_URL: elementsOrigin,
  ROOT_KEY_FILE: config.rootKeyFile,
  PEPPER: randomBytes(16).toString('hex'),
  CHECKOUT_SERVICE_KEY: keys.checkout,
  PAY_SERVICE_KEY: keys.pay,
  ADMIN_TOKEN: keys.admin,
  LOG_LEVEL: 'silent',
  RATE_LIMITS: 'off',
});
