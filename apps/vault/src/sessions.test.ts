// Session keys: what a browser may do with one, and when it stops working (contract 7.3).
import { forEachEngine } from '@ozura/e2e/databases';
import { fromFrame, startTestVault, type TestApplication, type TestVault, visa } from '@ozura/e2e/vault';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const merchantId = 'ozu_bluekettle';

forEachEngine((_engine, _open, create) => {
  let vault: TestVault;
  let shop: TestApplication;

  beforeAll(async () => {
    vault = await startTestVault({ sessionHardCap: 5, databaseUrl: await create() });
    shop = await vault.createApplication(merchantId);
  });
  afterAll(() => vault.stop());

  const mint = (body: object) => vault.call('POST', '/sessions', { 'x-api-key': shop.key }, body);
  const tokenize = (session: string, more: object = {}) =>
    vault.call('POST', '/tokenize', fromFrame(session), { type: 'card', data: { ...visa, ...more } });
  const outcome = async (session: string, more: object = {}) => {
    const { status, body } = await tokenize(session, more);
    return status === 201 ? 201 : [status, body.errorCode, body.message];
  };

  it('an id with a NUL in it is nobody’s', async () => {
    const paths = ['/tokens/%00', '/tokens/tok_%00x', '/api/applications/%00'];
    const admin = { authorization: `Bearer ${vault.keys.admin}` };
    const ask = (path: string) => vault.call('GET', path, path.startsWith('/api') ? admin : { 'x-api-key': shop.key });
    expect((await Promise.all(paths.map(ask))).map(({ status }) => status)).toEqual([404, 404, 404]);
    expect((await ask('/tokens?after=%00')).body.data).toEqual([]);
  });

  describe('a session', () => {
    it('is minted by a server, for half an hour', async () => {
      const { status, body } = await mint({});
      expect(status).toBe(201);
      expect(body).toEqual({
        success: true,
        data: { session_key: expect.stringMatching(/^vs_\w{43}$/), expires_in_seconds: 1800 },
      });
    });

    it.each([
      [{ session_id: 'not a uuid' }, 'session_id'],
      [{ session_limit: 0 }, 'session_limit'],
      [{ sessionLimit: 1001 }, 'session_limit'],
      [{ session_limit: '3' }, 'session_limit'],
      [{ max_proxy_calls: 0 }, 'max_proxy_calls'],
      [{ order_id: 'x'.repeat(256) }, 'order_id'],
      [{ customer_id: 7 }, 'customer_id'],
      [{ metadata: { name: 7 } }, 'metadata'],
      [{ metadata: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`m${i}`, 'x'])) }, 'metadata'],
      [{ ttl_seconds: 59 }, 'ttl_seconds'],
      [{ ttl_seconds: 1801, session_limit: 0 }, 'session_limit'],
    ])('is not minted with %j', async (body, field) => {
      const answer = await mint(body);
      expect([answer.status, answer.body.message]).toEqual([400, `Invalid value for ${field}`]);
    });

    const pan = '4242424242424242';
    it.each([
      [{ order_id: pan }, 'order_id'],
      [{ customerId: 'card 4242 4242-4242.4242' }, 'customer_id'],
      [{ cart_id: [...'4911830000000'].join(' ') }, 'cart_id'],
      [{ metadata: { note: `pan${pan}` } }, 'metadata.note'],
      [{ metadata: { [pan]: 'x' } }, 'metadata'],
    ])('keeps no card number in %j', async (body, field) => {
      const answer = await mint(body);
      const message = `Invalid value for ${field}: must not contain a card number`;
      expect([answer.status, answer.body.message]).toEqual([400, message]);
      expect(await vault.ask('SELECT key_hash AS line FROM sessions WHERE order_id IS NOT NULL')).toEqual([]);
    });

    it('makes three tokens unless told otherwise; refused cards do not count', async () => {
      const session = await vault.mintSession(merchantId);
      expect(await outcome(session, { cardNumber: '4242424242424241' })).toEqual([
        400,
        'INVALID_CARD_NUMBER',
        'Invalid card number',
      ]);
      expect([await outcome(session), await outcome(session), await outcome(session)]).toEqual([201, 201, 201]);
      expect(await outcome(session)).toEqual([401, 'SESSION_KEY_CONSUMED', 'Session consumed']);
    });

    it('without a limit of its own stops at the cap of the operator', async () => {
      const session = await vault.mintSession(merchantId, { session_limit: null });
      const statuses = [];
      for (let i = 0; i < 6; i += 1) statuses.push((await tokenize(session)).status);
      expect(statuses).toEqual([201, 201, 201, 201, 201, 401]);
    });

    it('makes exactly as many tokens as it may, of fifty calls at once', async () => {
      const session = await vault.mintSession(merchantId, { session_limit: 4 });
      const answers = await Promise.all(Array.from({ length: 50 }, () => tokenize(session)));
      const made = answers.filter(({ status }) => status === 201);
      const refused = answers.filter(({ body }) => body.errorCode === 'SESSION_KEY_CONSUMED');
      expect([made.length, refused.length]).toEqual([4, 46]);
      expect(new Set(made.map(({ body }) => body.token)).size).toBe(4);
    });

    it('ends when its time is over', async () => {
      const session = await vault.mintSession(merchantId, { ttl_seconds: 60, order_id: 'over' });
      expect(await outcome(session)).toBe(201);
      await vault.tamper("UPDATE sessions SET expires_at = expires_at - 60000 WHERE order_id = 'over'");
      expect(await outcome(session)).toEqual([401, 'SESSION_KEY_EXPIRED', 'Session expired']);
    });

    it('ends when it is revoked, by its merchant only, as often as one likes', async () => {
      const session = await vault.mintSession(merchantId);
      const other = await vault.createApplication('ozu_other');
      const revoke = (key: string, body: object = { session_key: session }) =>
        vault.call('POST', '/sessions/revoke', { 'x-api-key': key }, body);
      const revoked = { status: 200, body: { success: true, data: { revoked: true } } };
      expect(await revoke(other.key)).toMatchObject(revoked);
      expect(await outcome(session)).toBe(201);
      expect(await revoke(shop.key)).toMatchObject(revoked);
      expect(await revoke(shop.key)).toMatchObject(revoked);
      expect(await revoke(shop.key, { sessionKey: 'vs_nobody' })).toMatchObject(revoked);
      expect(await outcome(session)).toEqual([401, 'SESSION_KEY_REVOKED', 'Session revoked']);
      expect((await revoke(shop.key, {})).body.message).toBe('Missing required field: session_key');
    });

    it('ends with the application that minted it', async () => {
      const gone = await vault.createApplication(merchantId);
      const { body } = await vault.call('POST', '/sessions', { 'x-api-key': gone.key }, {});
      const admin = { authorization: `Bearer ${vault.keys.admin}` };
      expect((await vault.call('DELETE', `/api/applications/${gone.id}`, admin)).status).toBe(200);
      expect(await outcome(body.data.session_key ?? '')).toEqual([401, 'SESSION_KEY_REVOKED', 'Session revoked']);
      expect((await vault.call('GET', '/tokens', { 'x-api-key': gone.key })).status).toBe(401);
    });

    it('is revoked after ten refused cards', async () => {
      const session = await vault.mintSession(merchantId);
      const wrong = { cardNumber: '4242424242424241' };
      for (let i = 0; i < 10; i += 1) expect((await tokenize(session, wrong)).status).toBe(400);
      expect(await tokenize(session, wrong)).toMatchObject({
        status: 429,
        body: {
          errorCode: 'TOO_MANY_FAILED_ATTEMPTS',
          message: 'Too many failed attempts',
          retry_after_seconds: expect.any(Number),
        },
      });
      expect(await outcome(session)).toEqual([401, 'SESSION_KEY_REVOKED', 'Session revoked']);
    });

    it('does not hear about missing fields as refused cards', async () => {
      const session = await vault.mintSession(merchantId);
      for (let i = 0; i < 12; i += 1) expect((await tokenize(session, { cardNumber: '' })).status).toBe(400);
      expect(await outcome(session)).toBe(201);
    });

    it('opens nothing but tokenize', async () => {
      const session = await vault.mintSession(merchantId);
      for (const [method, path] of [
        ['GET', '/tokens'],
        ['GET', '/tokens/tok_x'],
        ['DELETE', '/tokens/tok_x'],
        ['POST', '/proxy/transaction'],
        ['POST', '/sessions'],
        ['GET', '/bins/424242'],
      ] as const) {
        expect((await vault.call(method, path, fromFrame(session))).status).toBe(401);
      }
    });

    it('gives its ids to the tokens made in it', async () => {
      const ids = { order_id: 'session_7', customer_id: 'cus_1', cart_id: 'cart_2' };
      const sessionId = '0c3f6f0e-6a52-4a2c-9f0c-0d1f4f5a9b10';
      const session = await vault.mintSession(merchantId, {
        ...ids,
        sessionId,
        metadata: { campaign: '🌷'.repeat(256) },
      });
      const { token } = (await tokenize(session)).body;
      const { body } = await vault.call('GET', `/tokens/${token}`, { 'x-api-key': shop.key });
      expect(body.data).toEqual({
        ...ids,
        session_id: sessionId,
        token,
        type: 'card',
        mask: { card_number: '424242******4242' },
        bin: '424242',
        card: { brand: 'VISA', last4: '4242', funding: 'credit' },
        expiration_month: '11',
        expiration_year: '2035',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/),
      });
    });
  });
});

describe('guessing', () => {
  it('of cards is slowed by address and ended by session, however many try', { timeout: 240_000 }, async () => {
    const strict = await startTestVault({ rateLimits: {} });
    const body = { type: 'card', data: { ...visa, cardNumber: '4242424242424241' } };
    const sessions = await Promise.all(Array.from({ length: 20 }, () => strict.mintSession(merchantId)));
    const seen = new Map<string, number>();
    for (let round = 0; round < 500; round += 1) {
      const tries = sessions.map((key) => strict.call('POST', '/tokenize', fromFrame(key), body));
      for (const { body: refused } of await Promise.all(tries)) {
        seen.set(refused.errorCode, (seen.get(refused.errorCode) ?? 0) + 1);
      }
    }
    await strict.stop();
    // Of ten thousand tries in a few windows of a minute: a hundred a window get to be looked at, ten a session.
    expect(seen.get('INVALID_CARD_NUMBER')).toBeLessThanOrEqual(20 * 10);
    expect(seen.get('RATE_LIMITED')).toBeGreaterThan(9_000);
    expect([...seen.keys()].sort()).not.toContain('INTERNAL_ERROR');
  });

  it('is stopped after twenty keys a minute, but never a program of ours or a key that merely expired', async () => {
    const strict = await startTestVault({ rateLimits: { failedAuthentications: 20 } });
    try {
      const application = await strict.createApplication(merchantId);
      const consumed = await strict.mintSession(merchantId, { session_limit: 1 });
      for (let i = 0; i < 30; i += 1) {
        await strict.call('POST', '/tokenize', fromFrame(consumed), { type: 'card', data: visa });
      }
      for (let i = 0; i < 20; i += 1) {
        const guess = await strict.call('GET', '/tokens', { 'x-api-key': `key_x_test_pvt_${i}` });
        expect(guess.status).toBe(401);
      }
      const late = await strict.call('GET', '/tokens', { 'x-api-key': 'key_x_test_pvt_21' });
      expect(late.body).toMatchObject({ message: 'Rate limit exceeded', retry_after_seconds: expect.any(Number) });
      expect(late.headers.get('retry-after')).toMatch(/^\d+$/);
      expect((await strict.call('GET', '/tokens', { 'x-api-key': application.key })).status).toBe(429);
      expect(await strict.mintSession(merchantId)).toMatch(/^vs_/);
    } finally {
      await strict.stop();
    }
  });
});
