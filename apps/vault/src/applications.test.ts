// Applications, tokens and BINs: what the operator and a merchant's server manage (contract 7.6, 7.7, 7.8).
import { fromFrame, startTestVault, type TestApplication, type TestVault, visa } from '@ozura/e2e/vault';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const merchantId = 'ozu_bluekettle';
let vault: TestVault;
let shop: TestApplication;
let other: TestApplication;

beforeAll(async () => {
  vault = await startTestVault({ processorDestinations: ['http://127.0.0.1:9'] });
  shop = await vault.createApplication(merchantId);
  other = await vault.createApplication('ozu_other');
});
afterAll(() => vault.stop());

const admin = (more = {}) => ({ authorization: `Bearer ${vault.keys.admin}`, ...more });
const permissions = { tokenization: { allowed: true } };

describe('an application', () => {
  const create = (body: object) =>
    vault.call('POST', '/api/applications', admin({ 'x-merchant-id': merchantId }), body);

  it('shows its key once', async () => {
    const { status, body } = await create({ name: 'Web', permissions, origins: ['https://shop.test'] });
    expect([status, body.data]).toEqual([
      201,
      {
        id: expect.stringMatching(/^app_\w{22}$/),
        merchant_id: merchantId,
        name: 'Web',
        api_key: expect.stringMatching(/^key_\w{8}_test_pvt_\w{43}$/),
        pub_key: expect.stringMatching(/^pk_test_\w{43}$/),
        permissions: { ...permissions, provisioning: { allowed: false }, detokenization: { allowed: false } },
        destinations: [],
        origins: ['https://shop.test'],
        created_at: expect.any(String),
      },
    ]);
    const { api_key: _once, ...rest } = body.data;
    expect((await vault.call('GET', `/api/applications/${body.data.id}`, admin())).body.data).toEqual(rest);
    const list = await vault.call('GET', '/api/applications', admin({ 'x-merchant-id': merchantId }));
    expect(list.body.data).toContainEqual(rest);
  });

  it.each([
    [{ permissions }, 'Missing required field: name'],
    [{ name: 'ab', permissions }, 'Invalid value for name'],
    [{ name: 'Web' }, 'Missing required field: permissions'],
    [{ name: 'Web', permissions: {} }, 'Missing required field: permissions.tokenization'],
    [
      { name: 'Web', permissions: { tokenization: { allowed: 'yes' } } },
      'Invalid value for permissions.tokenization.allowed',
    ],
    [{ name: '4242 4242 4242 4242', permissions }, 'Invalid value for name: must not contain a card number'],
    [{ name: 'Web', permissions, destinations: ['api.test'] }, 'Invalid value for destinations[0]'],
    [{ name: 'Web', permissions, origins: ['https://shop.test/path'] }, 'Invalid value for origins[0]'],
    [{ name: 'Web', permissions, origins: ['https://a;sandbox'] }, 'Invalid value for origins[0]'],
    [
      { name: 'Web', permissions, origins: ['https://4242424242424242.test'] },
      'Invalid value for origins[0]: must not contain a card number',
    ],
  ])('like %j is refused: %s', async (body, message) => {
    const answer = await create(body);
    expect([answer.status, answer.body.message]).toEqual([400, message]);
  });

  it.each([
    ['http://api.test/'],
    ['https://user@api.test/'],
    ['https://*.api.test/'],
    ['https://api.test/v1/*'],
    ['https://api.*/'],
    ['https://api.test/?key=1'],
    ['https://api.test/#part'],
    ['https://a,b/'],
    ['https://-api.test/'],
    ['https://%2a.api.test/'],
    ['https://api.test/4242424242424242'],
  ])('cannot list %s as a destination, and says what can be listed', async (destination) => {
    const answer = await create({ name: 'Web', permissions, destinations: ['https://api.test:8443/v1', destination] });
    const rule =
      'must be an https URL of one host, with a port and a path if needed, without wildcard, query, fragment or credentials';
    expect([answer.status, answer.body.message]).toEqual([400, `Invalid value for destinations[1]: ${rule}`]);
  });

  it('may list the sandbox of a test installation', async () => {
    expect((await create({ name: 'Web', permissions, destinations: ['http://127.0.0.1:9'] })).status).toBe(201);
  });

  it('changes what is sent and keeps the rest', async () => {
    const { id, key } = await vault.createApplication(merchantId, { destinations: ['https://api.test/v1'] });
    const put = (body: object) => vault.call('PUT', `/api/applications/${id}`, admin(), body);
    expect((await put({ name: 'Renamed' })).body.data).toMatchObject({
      name: 'Renamed',
      destinations: ['https://api.test/v1'],
    });
    const { body } = await vault.call('POST', '/sessions', { 'x-api-key': key }, {});
    expect((await put({ permissions: { tokenization: { allowed: false } } })).status).toBe(200);
    expect((await vault.call('POST', '/sessions', { 'x-api-key': key }, {})).status).toBe(403);
    // Nor may what the key handed out before.
    const handedOut = fromFrame(body.data.session_key ?? '');
    const tokenized = await vault.call('POST', '/tokenize', handedOut, { type: 'card', data: visa });
    expect([tokenized.status, tokenized.body.errorCode]).toEqual([401, 'SESSION_KEY_REVOKED']);
  });

  it('is the operator’s business only', async () => {
    for (const headers of [{}, { 'x-api-key': shop.key }, { authorization: 'Bearer adm_nobody' }]) {
      const answer = await vault.call('POST', '/api/applications', headers as Record<string, string>, {
        name: 'Web',
        permissions,
      });
      expect(answer.status).toBe(401);
    }
    expect((await vault.call('GET', '/api/applications/app_nobody', admin())).status).toBe(404);
    expect((await vault.call('POST', '/api/applications', admin(), { name: 'Web', permissions })).body.message).toBe(
      'Missing required field: X-Merchant-Id',
    );
  });

  it('is gone at once when it is deleted', async () => {
    const { id, key } = await vault.createApplication(merchantId);
    const ask = () => vault.call('GET', '/api/applications/key', { 'x-api-key': key });
    expect((await ask()).status).toBe(200);
    expect((await vault.call('DELETE', `/api/applications/${id}`, admin())).status).toBe(200);
    expect(await ask()).toMatchObject({ status: 401, body: { message: 'Invalid API key' } });
    expect((await vault.call('DELETE', `/api/applications/${id}`, admin())).status).toBe(404);
  });
});

describe('a key', () => {
  const ask = (headers: Record<string, string>) => vault.call('GET', '/api/applications/key', headers);

  it('says what it may do, and whose it is to our own programs only', async () => {
    const { body } = await ask({ 'x-api-key': shop.key });
    expect(body).toEqual({
      success: true,
      message: 'API key is valid',
      data: {
        project_id: expect.stringMatching(/^proj_/),
        application_id: shop.id,
        name: 'Shop',
        permissions: { ...permissions, provisioning: { allowed: false }, detokenization: { allowed: false } },
      },
    });
    const asked = await ask({ 'x-api-key': shop.key, 'x-service-key': vault.keys.checkout });
    expect(asked.body.data).toMatchObject({ merchant_id: merchantId });
    expect((await ask({ 'x-api-key': shop.key, 'x-service-key': 'svc_nobody' })).status).toBe(401);
    expect((await ask({ 'x-api-key': 'key_a_test_pvt_x', 'x-service-key': vault.keys.pay })).status).toBe(401);
    expect((await ask({})).body.errorCode).toBe('MISSING_CREDENTIALS');
  });
});

describe('a token', () => {
  const make = async (key = shop.key) =>
    (await vault.call('POST', '/tokenize', { 'x-api-key': key }, { type: 'card', data: visa })).body.token;
  const get = (token: string, headers: Record<string, string> = { 'x-api-key': shop.key }) =>
    vault.call('GET', `/tokens/${token}`, headers);

  it('is seen by its merchant and by our programs acting for it, and by nobody else', async () => {
    const token = await make();
    const asService = (id: string) => ({ 'x-service-key': vault.keys.checkout, 'x-merchant-id': id });
    expect((await get(token)).status).toBe(200);
    expect((await get(token, asService(merchantId))).body.data).toMatchObject({ token, bin: '424242' });
    for (const headers of [{ 'x-api-key': other.key }, asService('ozu_other')]) {
      expect(await get(token, headers)).toMatchObject({ status: 404, body: { message: 'Token not found' } });
    }
    expect((await get('tok_nobody')).body.errorCode).toBe('TOKEN_NOT_FOUND');
  });

  it('is listed page by page, in the order of their making', async () => {
    const { key } = await vault.createApplication('ozu_lister');
    const made = [await make(key), await make(key), await make(key)];
    const page = async (query: string) => {
      const { body } = await vault.call('GET', `/tokens${query}`, { 'x-api-key': key });
      const tokens = body.data as unknown as readonly { readonly token: string }[];
      return [...tokens.map(({ token }) => token), (body as unknown as { has_more: boolean }).has_more];
    };
    expect(await page('')).toEqual([...made, false]);
    expect(await page('?limit=2')).toEqual([...made.slice(0, 2), true]);
    expect(await page(`?limit=2&after=${made[1]}`)).toEqual([made[2], false]);
    expect(await page('?after=tok_nobody')).toEqual([false]);
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'after=a&after=b']) {
      expect((await vault.call('GET', `/tokens?${query}`, { 'x-api-key': key })).status).toBe(400);
    }
  });

  it('is destroyed by its merchant, once and for all', async () => {
    const token = await make();
    const destroy = (key: string) => vault.call('DELETE', `/tokens/${token}`, { 'x-api-key': key });
    expect((await destroy(other.key)).status).toBe(404);
    for (let i = 0; i < 2; i += 1)
      expect(await destroy(shop.key)).toMatchObject({ status: 200, body: { success: true } });
    expect((await get(token)).status).toBe(404);
    const service = { 'x-service-key': vault.keys.pay, 'x-merchant-id': merchantId };
    const used = await vault.call('POST', '/proxy/transaction', service, {
      token,
      proxy_url: 'http://127.0.0.1:9/',
      request_data: {},
    });
    expect(used.body).toMatchObject({ errorCode: 'TOKEN_NOT_FOUND', sent: 'no' });
  });
});

describe('a BIN', () => {
  const get = (bin: string) => vault.call('GET', `/bins/${bin}`, { 'x-api-key': shop.key });

  it('tells brand and funding, or that nothing is known', async () => {
    expect((await get('400005')).body.data).toEqual({ bin: '400005', brand: 'VISA', funding: 'debit' });
    expect((await get('51051051')).body.data).toEqual({ bin: '51051051', brand: 'MASTERCARD', funding: 'prepaid' });
    expect((await get('999999')).body.data).toEqual({ bin: '999999', brand: 'UNKNOWN', funding: 'unknown' });
    for (const bin of ['42424', '424242424', '42424a']) expect((await get(bin)).status).toBe(400);
  });
});

describe('the program', () => {
  it('says that it lives and that it is ready', async () => {
    expect((await vault.call('GET', '/health')).body).toMatchObject({ status: 'ok', version: expect.any(String) });
    expect((await vault.call('GET', '/ready')).body).toEqual({ status: 'ready' });
  });
});
