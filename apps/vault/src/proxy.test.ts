// The proxy against a real processor's server, as small as it can be (contract 7.4, 13.3).
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fromFrame, startTestVault, type TestApplication, type TestVault, visa } from '@ozura/e2e/vault';
import { openDatabase } from '@ozura/kit/db/open';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deleteExpiredSessions } from './store/sessions.ts';

const merchantId = 'ozu_bluekettle';
let processor: Server;
let at: string;
let vault: TestVault;
let shop: TestApplication;
let received: { method: string; path: string; headers: IncomingMessage['headers']; text: string }[] = [];
let answer: (response: ServerResponse, request: IncomingMessage) => void;

/** A placeholder. */
const slot = (name: string) => `\${${name}}`;
const say = (body: string, type = 'application/json', status = 200) => {
  answer = (response) => response.writeHead(status, { 'content-type': type, 'x-trace': 'abc' }).end(body);
};

beforeAll(async () => {
  processor = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    received.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, text });
    answer(response, request);
  });
  await new Promise<void>((resolve) => processor.listen(0, '127.0.0.1', resolve));
  const { port } = processor.address() as AddressInfo;
  at = `http://127.0.0.1:${port}`;
  const destinations = [`${at}/sales`, 'http://127.0.0.1:1', `https://127.0.0.1:${port}/tls`];
  vault = await startTestVault({ processorDestinations: destinations });
  shop = await vault.createApplication(merchantId);
});
afterAll(async () => {
  await vault.stop();
  processor.closeAllConnections();
  processor.close();
});
beforeEach(() => {
  received = [];
  say('{"ok":true}');
});

const service = () => ({ 'x-service-key': vault.keys.pay, 'x-merchant-id': merchantId });
const proxy = (body: object, headers: Record<string, string> = service()) =>
  vault.call('POST', '/proxy/transaction', headers, body);
const newToken = async (session: Record<string, unknown> = {}) => {
  const key = await vault.mintSession(merchantId, session);
  const { body } = await vault.call('POST', '/tokenize', fromFrame(key), { type: 'card', data: visa });
  return { token: body.token, cvc_session_id: body.cvc_session_id };
};
const outcome = async (body: object, headers?: Record<string, string>) => {
  const { status, body: refusal } = await proxy(body, headers);
  return [status, refusal.errorCode, refusal.sent];
};
const sale = {
  card: { number: slot('cardNumber'), month: slot('expirationMonth'), year: slot('expirationYear'), cvc: slot('cvv') },
};

describe('a JSON body', () => {
  it('arrives with card data in it, and everything else as it was', async () => {
    const request_data = {
      reference: '261121ABC',
      ...sale,
      short: slot('expirationYear2'),
      asNumber: [slot('expirationMonth|number')],
      note: 'costs $5 {ok} "quoted" \\ ünï',
    };
    const headers = {
      'X-Gateway': 'blue',
      Cookie: 'a=b',
      Host: 'evil.test',
      'Content-Length': '3',
      Connection: 'close',
    };
    const called = { ...(await newToken()), proxy_url: `${at}/sales?version=2`, request_data, http_headers: headers };
    const result = await proxy({ ...called, request_data: { ...request_data, short: 'x' } });
    expect(result.status).toBe(400);
    const { asNumber: _once, short: _too, ...once } = request_data;
    const good = await proxy({ ...called, request_data: once });
    expect([good.status, good.body.proxy_response.status_code]).toEqual([200, 200]);
    const [seen] = received;
    expect(seen).toMatchObject({ method: 'POST', path: '/sales?version=2' });
    expect(JSON.parse(seen?.text ?? '')).toEqual({
      ...once,
      card: { number: '4242424242424242', month: '11', year: '2035', cvc: '739' },
    });
    expect(seen?.headers).toMatchObject({ 'content-type': 'application/json', 'x-gateway': 'blue', host: at.slice(7) });
    for (const name of ['cookie', 'x-service-key', 'x-merchant-id', 'user-agent'])
      expect(seen?.headers).not.toHaveProperty(name);
  });

  it('may ask for numbers and short years', async () => {
    const { token } = await newToken();
    const request_data = {
      month: slot('expirationMonth|number'),
      year: slot('expirationYear4|number'),
      short: slot('expirationYear2'),
    };
    await proxy({ token, proxy_url: `${at}/sales`, request_data, http_method: 'PUT' });
    expect([received[0]?.method, received[0]?.text]).toEqual(['PUT', '{"month":11,"year":2035,"short":"35"}']);
  });

  it.each([
    [{ a: slot('cardNumber'), b: slot('cardNumber') }],
    [{ a: slot('cvv'), b: slot('cvc') }],
    [{ a: slot('cardNumbers') }],
    [{ a: slot('') }],
    [{ a: slot('constructor') }],
    [{ a: slot('a{b}') }],
    [{ a: slot(`card${slot('cvv')}Number`) }],
    [{ a: `x${slot('expirationMonth|number')}` }],
    [{ a: slot('cardNumber|number') }],
    [{ [slot('cardNumber')]: 'a' }],
    [{ a: slot('accountNumber') }],
    [{ metadata: { note: slot('cardNumber') }, card: slot('cardNumber') }],
  ])('like %j is refused, and nothing is sent', async (request_data) => {
    const called = { ...(await newToken()), proxy_url: `${at}/sales`, request_data };
    const { status, body } = await proxy(called);
    expect([status, body.message, body.sent]).toEqual([400, 'Invalid value for request_data', 'no']);
    // Nothing was taken either.
    expect((await proxy({ ...called, request_data: sale })).status).toBe(200);
    expect(received).toHaveLength(1);
  });

  it('with a number that would arrive as another one is refused', async () => {
    const { token } = await newToken();
    const request_data = { ids: [{ id: 2 ** 53 }] };
    const { status, body } = await proxy({ token, proxy_url: `${at}/sales`, request_data });
    const told = 'must not have numbers beyond 9007199254740991; send the JSON as a string';
    expect([status, body.message, body.sent]).toEqual([400, `Invalid value for request_data: ${told}`, 'no']);
    expect(received).toEqual([]);
  });

  it('leaves alone what is not a placeholder', async () => {
    const { token } = await newToken();
    const text = `{"a":"cardNumberPlaceholder","b":"\\u0024{cardNumber}","c":"\${ and","d":"}","n":12345678901234567890}`;
    const http_headers = { 'content-type': 'application/json' };
    await proxy({ token, proxy_url: `${at}/sales`, request_data: text, http_headers });
    expect(received[0]?.text).toBe(text);
  });
});

describe('other bodies', () => {
  const send = async (request_data: string, type: string) => {
    const called = {
      ...(await newToken()),
      proxy_url: `${at}/sales`,
      request_data,
      http_headers: { 'content-type': type },
    };
    return [(await proxy(called)).status, received[0]?.text];
  };

  it('are filled as XML', async () => {
    const xml = (number: string, cvc: string) => `<sale><n a="&amp;">${number}</n><c>${cvc}</c></sale>`;
    expect(await send(xml(slot('cardNumber'), slot('cvv')), 'application/xml')).toEqual([
      200,
      xml('4242424242424242', '739'),
    ]);
  });

  it('are filled in texts and attributes of XML, which stays as it was', async () => {
    const xml = (number: string, cvc: string) =>
      `<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x "y">]><!-- > --><s:sale a="1>0" n='${number}'><![CDATA[<c>]]>&#x3c;${cvc}</s:sale>\n`;
    expect(await send(xml(slot('cardNumber'), slot('cvv')), 'application/soap+xml; charset=utf-8')).toEqual([
      200,
      xml('4242424242424242', '739'),
    ]);
  });

  it.each([
    `<n${slot('cardNumber')}>1</n>`,
    `<n ${slot('cardNumber')}="1"/>`,
    `<n a=${slot('cardNumber')}>1</n>`,
    `<n>1</n${slot('cardNumber')}>`,
    `<n><!-- ${slot('cardNumber')} --></n>`,
    `<n><![CDATA[${slot('cardNumber')}]]></n>`,
    `<?card ${slot('cardNumber')}?><n/>`,
    `<!DOCTYPE n [<!ENTITY x "${slot('cardNumber')}">]><n/>`,
    `<n><!-- ${slot('cardNumber')}</n>`,
    `<n a="${slot('cardNumber')}</n>`,
    `<n>${slot('unknown')}</n>`,
    '<n>< </n>',
  ])('of XML are refused with a placeholder in another place, or broken: %s', async (xml) => {
    expect(await send(xml, 'text/xml')).toEqual([400, undefined]);
  });

  it('are filled as a form, encoded or not', async () => {
    const type = 'application/x-www-form-urlencoded';
    expect(await send(`n=%24%7BcardNumber%7D&c=${slot('cvv')}&x=a+b%26`, type)).toEqual([
      200,
      'n=4242424242424242&c=739&x=a+b%26',
    ]);
    expect((await send('%24%7BcardNumber%7D=1', type))[0]).toBe(400);
  });

  const parts = (...each: string[]) => `--b+1\r\n${each.join('\r\n--b+1\r\n')}\r\n--b+1--\r\n`;
  const part = (name: string, content: string) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${content}`;

  it('are filled in the contents of a multipart body, which stays as it was', async () => {
    const body = (number: string, cvc: string) =>
      `before\r\n${parts(part('n', number), `\r\n${cvc}`, part('x', '--b+1 is no end\n\n--b'))}behind`;
    for (const type of ['multipart/form-data; boundary=b+1', 'Multipart/Mixed; charset=utf-8; boundary="b+1"']) {
      received.length = 0;
      expect(await send(body(slot('cardNumber'), slot('cvv')), type)).toEqual([200, body('4242424242424242', '739')]);
    }
  });

  it.each([
    parts(part(slot('cardNumber'), '1')),
    parts(`Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n${part(slot('cardNumber'), '1')}\r\n--c--`),
    `${slot('cardNumber')}\r\n${parts(part('n', '1'))}`,
    `${parts(part('n', '1'))}${slot('cardNumber')}`,
    parts(slot('cardNumber')),
    part('n', slot('cardNumber')),
  ])('of several parts are refused with a placeholder in another place, or broken: %j', async (body) => {
    expect(await send(body, 'multipart/form-data; boundary=b+1')).toEqual([400, undefined]);
  });

  it.each(['/proxy/transaction', '/tokenize'])(
    'take their control values from headers on %s, with both dialects',
    async (path) => {
      const { token, cvc_session_id } = await newToken();
      const body = `<n>cardNumberPlaceholder</n><y>expirationYearPlaceholder2</y><c>cvvPlaceholder</c><m>${slot('expirationMonth')}</m>`;
      const controls = { 'x-token': token, 'x-proxy-url': `${at}/sales`, 'x-cvc-session-id': cvc_session_id };
      const headers = { ...service(), ...controls, 'content-type': 'text/xml' };
      const result = await vault.call('POST', path, headers, body);
      expect([result.status, received[0]?.text]).toEqual([200, '<n>4242424242424242</n><y>35</y><c>739</c><m>11</m>']);
      expect(received[0]?.headers).toMatchObject({ 'content-type': 'text/xml' });
      for (const name of Object.keys(controls)) expect(received[0]?.headers).not.toHaveProperty(name);
      const again = await vault.call('POST', path, headers, body);
      expect([again.status, again.body.errorCode, again.body.sent]).toEqual([400, 'CVC_SESSION_EXPIRED', 'no']);
    },
  );

  it('are refused when they are not UTF-8, and not sent as something else', async () => {
    const { token } = await newToken();
    const controls = { 'x-token': token, 'x-proxy-url': `${at}/sales`, 'content-type': 'text/xml; charset=iso-8859-1' };
    const body = Buffer.from('<n>Zoë</n>', 'latin1');
    const headers = { ...service(), ...controls };
    const result = await fetch(`${vault.url}/proxy/transaction`, { method: 'POST', headers, body });
    const refusal = (await result.json()) as { message: string; sent: string };
    expect([result.status, refusal.message, refusal.sent]).toEqual([400, 'Invalid value for request_data', 'no']);
    expect(received).toEqual([]);
  });

  it('do not take them from the address, where they would be logged', async () => {
    const { token } = await newToken();
    const path = `/proxy/transaction?X-Token=${token}&X-Proxy-URL=${encodeURIComponent(`${at}/sales`)}`;
    const { status, body } = await vault.call('POST', path, service(), {
      request_data: {},
      token,
      proxy_url: `${at}/sales`,
    });
    expect([status, body.sent, received]).toEqual([400, 'no', []]);
  });
});

describe('the security code', () => {
  const called = async () => ({ ...(await newToken()), proxy_url: `${at}/sales`, request_data: sale });

  it('is gone after its first use, whatever came of it', async () => {
    for (const spoil of [() => say('{"declined":true}'), () => say('<html>', 'text/html', 500)]) {
      spoil();
      const body = await called();
      expect((await proxy(body)).status).toBe(200);
      expect(await outcome(body)).toEqual([400, 'CVC_SESSION_EXPIRED', 'no']);
    }
    answer = (_response, request) => request.socket.destroy();
    const body = await called();
    expect(await outcome(body)).toEqual([502, 'PROXY_INTERRUPTED', 'unknown']);
    expect(await outcome(body)).toEqual([400, 'CVC_SESSION_EXPIRED', 'no']);
  });

  it('is sent once of twenty calls at the same time', async () => {
    const body = await called();
    const statuses = (await Promise.all(Array.from({ length: 20 }, () => proxy(body)))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(received).toHaveLength(1);
  });

  it('belongs to its token and merchant, and to its 90 seconds', async () => {
    const [mine, other] = [await called(), await called()];
    expect(await outcome({ ...mine, cvc_session_id: other.cvc_session_id })).toEqual([
      400,
      'CVC_SESSION_EXPIRED',
      'no',
    ]);
    expect(await outcome({ ...mine, cvc_session_id: 'cvc_short' })).toEqual([400, 'CVC_SESSION_EXPIRED', 'no']);
    expect(await outcome({ ...mine, cvc_session_id: undefined })).toEqual([400, 'CVC_SESSION_EXPIRED', 'no']);
    const stranger = { ...service(), 'x-merchant-id': 'ozu_stranger' };
    expect(await outcome(mine, stranger)).toEqual([404, 'TOKEN_NOT_FOUND', 'no']);
    await vault.tamper('UPDATE cvc_entries SET expires_at = expires_at - 90000');
    expect(await outcome(mine)).toEqual([400, 'CVC_SESSION_EXPIRED', 'no']);
  });

  it('may be used again by the charge that leased it, until Pay releases it', async () => {
    const body = { ...(await called()), cvc_lease_id: 'chg_1' };
    expect((await proxy(body)).status).toBe(200);
    expect((await proxy(body)).status).toBe(200);
    expect(await outcome({ ...body, cvc_lease_id: 'chg_2' })).toEqual([400, 'CVC_SESSION_EXPIRED', 'no']);
    expect(await outcome({ ...body, cvc_lease_id: undefined })).toEqual([400, 'CVC_SESSION_EXPIRED', 'no']);
    const release = (headers: Record<string, string>) =>
      vault.call('POST', '/cvc-sessions/release', headers, { cvc_lease_id: 'chg_1' });
    expect((await release({ 'x-api-key': shop.key })).status).toBe(401);
    expect((await release({ ...service(), 'x-service-key': vault.keys.checkout })).status).toBe(403);
    expect((await release(service())).body.data).toEqual({ released: true });
    expect(await outcome(body)).toEqual([400, 'CVC_SESSION_EXPIRED', 'no']);
  });

  it('is released by its handle too, when no step of the charge has used it', async () => {
    const release = (body: object, headers = service()) =>
      vault.call('POST', '/cvc-sessions/release', headers, body).then(({ status, body }) => [status, body.message]);
    const unused = await called();
    const { cvc_session_id } = unused;
    await release({ cvc_session_id }, { ...service(), 'x-merchant-id': 'ozu_stranger' });
    const leased = { ...(await called()), cvc_lease_id: 'chg_3' };
    expect((await proxy(leased)).status).toBe(200);
    await release({ cvcSessionId: leased.cvc_session_id, cvcLeaseId: 'chg_4' });
    expect((await proxy(leased)).status).toBe(200);
    for (const _again of [1, 2]) expect((await release({ cvc_session_id, cvc_lease_id: 'chg_4' }))[0]).toBe(200);
    expect(await outcome(unused)).toEqual([400, 'CVC_SESSION_EXPIRED', 'no']);
    expect((await release({ cvc_session_id: 'cvc_short' }))[0]).toBe(200);
    expect(await release({})).toEqual([400, 'Missing required field: cvc_lease_id']);
    expect(await release({ cvc_session_id: 5 })).toEqual([400, 'Invalid value for cvc_session_id']);
  });
});

describe('the destination', () => {
  const send = async (proxy_url: string) => outcome({ token: (await newToken()).token, proxy_url, request_data: {} });
  const refused = [403, 'DESTINATION_NOT_ALLOWED', 'no'];

  it.each([
    '/salesmen',
    '/other',
    '/sales/../other',
    '/sales/%2e%2e/other',
    '/sales/%2F..%2Fother',
    '/sales\\..\\other',
    '@evil.test/sales',
    '/sales#part',
  ])('is refused with %j behind the host', async (path) => {
    expect(await send(at + path)).toEqual(refused);
    expect(received).toEqual([]);
  });

  it('needs to be on the list of the application, and not at a private address', async () => {
    const hosts = ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '169.254.169.254'];
    const private4 = ['10.1.2.3', '172.31.0.1', '192.168.0.1', '100.64.0.1', '0.0.0.0', '224.0.0.1'];
    const private6 = ['[fd00::1]', '[fe80::1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]', '[ff02::1]'];
    const destinations = [...hosts, ...private4, ...private6].map((host) => `https://${host}/`);
    const { key } = await vault.createApplication(merchantId, { destinations });
    const { token } = await newToken();
    for (const proxy_url of [...destinations, 'https://api.example.com/']) {
      expect(await outcome({ token, proxy_url, request_data: {} }, { 'x-api-key': key })).toEqual(refused);
    }
    expect(await outcome({ token, proxy_url: `${at}/sales`, request_data: {} }, { 'x-api-key': shop.key })).toEqual(
      refused,
    );
  });

  it('is not followed to another one', async () => {
    answer = (response) => response.writeHead(307, { location: `${at}/other` }).end();
    const { token } = await newToken();
    const { body } = await proxy({ token, proxy_url: `${at}/sales`, request_data: {} });
    expect([body.proxy_response.status_code, received.length]).toEqual([307, 1]);
  });

  it('has no placeholders in its address, nor in the headers', async () => {
    const { token } = await newToken();
    for (const more of [
      { proxy_url: `${at}/sales/\${cardNumber}` },
      { proxy_url: `${at}/sales?n=%24%7BcardNumber%7D` },
      { proxy_url: `${at}/sales?n=$%7bcardNumber}` },
      { http_headers: { 'x-card': slot('cardNumber') } },
    ]) {
      expect((await proxy({ token, proxy_url: `${at}/sales`, request_data: {}, ...more })).body).toMatchObject({
        message: 'Invalid value for request_data',
        sent: 'no',
      });
    }
    const smuggled = { 'x-a': 'b\r\nx-c: d' };
    const { body } = await proxy({ token, proxy_url: `${at}/sales`, request_data: {}, http_headers: smuggled });
    expect([body.message, received]).toEqual(['Invalid value for http_headers', []]);
  });
});

describe('a failure says whether the request may have arrived', () => {
  const send = async (proxy_url: string) => outcome({ token: (await newToken()).token, proxy_url, request_data: {} });

  it('not before a connection, or without TLS', async () => {
    expect(await send('http://127.0.0.1:1/')).toEqual([502, 'PROXY_NOT_SENT', 'no']);
    expect(await send(`${at.replace('http:', 'https:')}/tls`)).toEqual([502, 'PROXY_NOT_SENT', 'no']);
    const { key } = await vault.createApplication(merchantId, { destinations: ['https://nowhere.invalid/'] });
    const { token } = await newToken();
    const body = { token, proxy_url: 'https://nowhere.invalid/', request_data: {} };
    expect(await outcome(body, { 'x-api-key': key })).toEqual([502, 'PROXY_NOT_SENT', 'no']);
  });

  it('perhaps when it broke off, or cannot be read', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"half":');
      setTimeout(() => response.destroy(), 20);
    };
    expect(await send(`${at}/sales`)).toEqual([502, 'PROXY_INTERRUPTED', 'unknown']);
    answer = (response) => response.end('x'.repeat(1_100_000));
    expect(await send(`${at}/sales`)).toEqual([502, 'PROXY_INTERRUPTED', 'unknown']);
    answer = (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
    expect(await send(`${at}/sales`)).toEqual([502, 'PROXY_INTERRUPTED', 'unknown']);
  });

  it.each([
    [{}, {}, 401, 'MISSING_CREDENTIALS'],
    [{ 'x-api-key': 'key_x_test_pvt_nobody' }, {}, 401, 'INVALID_CREDENTIALS'],
    [undefined, {}, 400, 'VALIDATION_FAILED'],
    [undefined, { token: 'tok_x', request_data: {}, proxy_url: 'https://a.test' }, 404, 'TOKEN_NOT_FOUND'],
    [undefined, { token: 'x'.repeat(300_000) }, 413, 'BODY_TOO_LARGE'],
  ])('not for the caller %j', async (headers, body, status, code) => {
    expect(await outcome(body, headers as Record<string, string> | undefined)).toEqual([status, code, 'no']);
  });

  it('not for Checkout, which has no business here', async () => {
    const headers = { ...service(), 'x-service-key': vault.keys.checkout };
    expect(await outcome({}, headers)).toEqual([403, 'PERMISSION_DENIED', 'no']);
  });

  it('not past the limit of proxy calls of the session that made the token', async () => {
    const body = { ...(await newToken({ max_proxy_calls: 1 })), proxy_url: `${at}/sales`, request_data: sale };
    expect((await proxy(body)).status).toBe(200);
    const again = { ...body, cvc_session_id: undefined, request_data: {} };
    expect(await outcome(again)).toEqual([403, 'PROXY_LIMIT', 'no']);
  });

  it('for years after that session, as plans do', async () => {
    const [unlimited, limited] = [await newToken(), await newToken({ max_proxy_calls: 1 })];
    const db = await openDatabase({ url: vault.config.databaseUrl });
    await deleteExpiredSessions(db, Date.now() + 86_400_000, 500);
    await db.close();
    const use = ({ token }: { token: string }) => proxy({ token, proxy_url: `${at}/sales`, request_data: {} });
    expect((await use(unlimited)).status).toBe(200);
    expect([(await use(limited)).status, (await use(limited)).status]).toEqual([200, 403]);
  });
});
