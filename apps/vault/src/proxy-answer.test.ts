// What a caller sees of a processor's answer: no card data, in whatever spelling (contract 7.4).
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fromFrame, startTestVault, type TestVault, visa } from '@ozura/e2e/vault';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const merchantId = 'ozu_bluekettle';
const number = '4242424242424242';
const mask = '424242******4242';
let processor: Server;
let at: string;
let vault: TestVault;
let answer: (response: ServerResponse) => void;

const say = (body: string, type = 'application/json', status = 200) => {
  answer = (response) => response.writeHead(status, { 'content-type': type, 'x-trace': 'abc' }).end(body);
};

beforeAll(async () => {
  processor = createServer((request, response) => {
    request.resume().once('end', () => answer(response));
  });
  await new Promise<void>((resolve) => processor.listen(0, '127.0.0.1', resolve));
  at = `http://127.0.0.1:${(processor.address() as AddressInfo).port}`;
  vault = await startTestVault({ processorDestinations: [`${at}/sales`] });
});
afterAll(async () => {
  await vault.stop();
  processor.closeAllConnections();
  processor.close();
});

/** A placeholder. */
const slot = (name: string) => `\${${name}}`;
const sale = { card: { number: slot('cardNumber'), cvc: slot('cvv') } };

async function read(request_data: object | string = sale, http_headers = {}, data: object = visa, type = 'card') {
  const key = await vault.mintSession(merchantId);
  const { body: made } = await vault.call('POST', '/tokenize', fromFrame(key), { type, data });
  const headers = { 'x-service-key': vault.keys.pay, 'x-merchant-id': merchantId };
  const called = { token: made.token, cvc_session_id: made.cvc_session_id, proxy_url: `${at}/sales` };
  const sent = { ...called, request_data, http_headers };
  return (await vault.call('POST', '/proxy/transaction', headers, sent)).body.proxy_response;
}

const echoed = async (value: unknown, request?: object | string, headers?: object) => {
  say(typeof value === 'string' ? value : JSON.stringify(value), typeof value === 'string' ? 'text/xml' : undefined);
  return (await read(request, headers)).body;
};

describe('the answer', () => {
  it('of a processor that fails is an answer', async () => {
    say('<h1>Sorry</h1>', 'text/html', 503);
    expect(await read()).toMatchObject({ status_code: 503, headers: { 'x-trace': 'abc' }, body: '<h1>Sorry</h1>' });
  });

  it('leaves what names a transaction as it is, but for the card that was sent', async () => {
    const answered = {
      transactionId: '4111111111111111',
      schemeReference: '5555555555554444',
      other: '4111111111111111',
    };
    expect(await echoed(answered)).toEqual({ ...answered, other: '411111******1111' });
    expect(await echoed({ paymentId: number })).toEqual({ paymentId: mask });
  });

  it('carries no card data, in whatever spelling', async () => {
    say(
      JSON.stringify({
        echo: '4242424242424242',
        spaced: 'card 4242 4242-4242.4242!',
        number: 4242424242424242,
        '4242424242424242': 'name',
        cvc: '739',
        cvv2: 739,
        other: '5555555555554444',
        amount: 739,
        reference: '2611214242ABCDEFGH',
        id: 'large',
      }).replace('"large"', '90071992547409931'),
    );
    answer = ((before) => (response) => {
      response.setHeader('x-card', '4242424242424242');
      before(response);
    })(answer);
    const { headers, body } = await read();
    expect(headers['x-card']).toBe('424242******4242');
    expect(body).toEqual({
      echo: '424242******4242',
      spaced: 'card 424242******4242!',
      number: '424242******4242',
      '424242******4242': 'name',
      cvc: '***',
      cvv2: '***',
      other: '555555******4444',
      amount: 739,
      reference: '2611214242ABCDEFGH',
      id: '90071992547409931',
    });
  });

  it('carries no card number with other separators, and no code behind its name', async () => {
    const spellings = [
      '4242/4242/4242/4242',
      '4242–4242‑4242,4242',
      '4242\u200b4242\u00a0 4242 / 4242',
      '4242%2D42424242&#160;4242',
    ];
    const repeated = JSON.stringify({ pan: '4242:424242424242', cvv: '739', cvc2: 739, amount: 739 });
    say(JSON.stringify({ spellings, repeated, form: 'cvv=739&t=7391' }));
    answer = ((before) => (response) => {
      response.setHeader('x-cvv', '739');
      before(response);
    })(answer);
    const { headers, body } = await read();
    expect(headers['x-cvv']).toBe('***');
    expect(body).toEqual({
      spellings: spellings.map(() => '424242******4242'),
      repeated: '{"pan":"424242******4242","cvv":"***","cvc2":***,"amount":739}',
      form: 'cvv=***&t=7391',
    });
    say(Buffer.from('{"n":"4242424242424242"}', 'utf16le').toString('latin1'), 'application/json; charset=utf-16');
    expect(JSON.stringify((await read()).body).replaceAll('\\u0000', '')).not.toContain('4242424242424242');
  });

  it('is scrubbed as text too', async () => {
    say('<c n="4242424242424242"><cvc>739</cvc><t>17395</t></c>', 'application/xml');
    expect((await read()).body).toBe('<c n="424242******4242"><cvc>***</cvc><t>17395</t></c>');
    say('{"broken": "4242424242424242"', 'application/json');
    expect((await read()).body).toBe('{"broken": "424242******4242"');
  });

  const references = [...number].map((digit) => `&#${digit.charCodeAt(0)};`).join('');
  const hex = [...number].map((digit) => `&#x00${digit.charCodeAt(0).toString(16)};`).join(' ');
  const inUrl = [...number].map((digit) => `%3${digit}`).join('');
  const wide = [...number].map((digit) => String.fromCharCode(0xff10 + Number(digit))).join('');

  it.each([
    [`<n>${references}</n>`, `<n>${mask}</n>`],
    [`<n>${hex}</n><t>&#52;2</t>`, `<n>${mask}</n><t>&#52;2</t>`],
    [`<n>${inUrl}</n>`, `<n>${mask}</n>`],
    [`<n>${wide}</n>`, `<n>${mask}</n>`],
    [`<n>${inUrl.replaceAll('%', '%2525')}</n>`, `<n>${mask}</n>`],
    ['<c>&#55;39</c><t>&#55;391</t>', '<c>***</c><t>7391</t>'],
    [
      `<o>${[...'5555555555554444'].map((digit) => `&#5${Number(digit) - 2};`).join('')}</o>`,
      '<o>555555******4444</o>',
    ],
    ['<a>4242</a>\n<b2 c="1">4242</b2><c>4242</c><d/>4242', '<a>4242</a>\n<b2 c="1">42**</b2><c>****</c><d/>4242'],
    ['n1=4242&n2=4242&n3=4242&n4=4242&t=1', 'n1=4242&n2=42**&n3=****&n4=4242&t=1'],
    ['x {"n1": "4242", "n2": "4242", "n3":4242,"n4":"4242"}', 'x {"n1": "4242", "n2": "42**", "n3":****,"n4":"4242"}'],
    ['<a>4242</a><b>4242</b>', '<a>4242</a><b>4242</b>'],
  ])('is read with references, and across tags and fields: %s', async (sent, seen) => {
    expect(await echoed(sent)).toBe(seen);
  });

  it.each([
    [
      ['4242', '4242', '4242', '4242', 'x'],
      ['4242', '42**', '****', '4242', 'x'],
    ],
    [[...number], [...mask]],
    [{ n: [424242, 4242424242] }, { n: [424242, '******4242'] }],
    [
      { first: '424242', middle: null, next: { rest: '4242 4242 42' }, amount: 1840 },
      { first: '424242', middle: null, next: { rest: '**** **42 42' }, amount: 1840 },
    ],
    [
      { bin: '424242', last4: '4242', mask, amount: 4242 },
      { bin: '424242', last4: '4242', mask, amount: 4242 },
    ],
    [{ [references]: references }, { [mask]: mask }],
    [{ note: JSON.stringify({ a: '4242', b: '424242424242' }) }, { note: '{"a":"4242","b":"42******4242"}' }],
  ])('shows no number that is spread over its members: %j', async (sent, seen) => {
    expect(await echoed(sent)).toEqual(seen);
  });

  it.each([
    [{ cvv: { value: 739, check: 'M' } }, { cvv: { value: '***', check: 'M' } }],
    [{ card: { cvc: [7, '3', 9], amount: 739 } }, { card: { cvc: ['*', '*', '*'], amount: 739 } }],
    [
      { cvc: ['739', { deep: 739 }], cvvResult: 'M' },
      { cvc: ['***', { deep: '***' }], cvvResult: 'M' },
    ],
    [
      { q7: { is: 739 }, amount: 739, text: 'q7: 739, q71: 739' },
      { q7: { is: '***' }, amount: 739, text: 'q7: ***, q71: 739' },
    ],
  ])('shows no code below its name, nor below the name that it was sent under: %j', async (sent, seen) => {
    expect(await echoed(sent, { a: slot('cardNumber'), q7: [slot('cvv')] })).toEqual(seen);
  });

  it.each([
    [`<s><q7 a="1">${slot('cvv')}</q7></s>`, 'text/xml'],
    [`<s q7="${slot('cvc')}"/>`, 'text/xml'],
    [`a=1&q7=%24%7Bcvv%7D`, 'application/x-www-form-urlencoded'],
  ])('knows the name of the code in %s', async (request, type) => {
    expect(await echoed({ q7: 739, amount: 739 }, request, { 'content-type': type })).toEqual({
      q7: '***',
      amount: 739,
    });
  });

  it('of a bank shows no account number, and no part of a longer number as one', async () => {
    say(
      JSON.stringify({
        account: '1357',
        digits: ['13', '57'],
        spaced: '1-3 5.7',
        other: '213570',
        escaped: '&#49;357',
      }),
    );
    const bank = { accountNumber: '1357', routingNumber: '110000000', firstName: 'A', lastName: 'B' };
    const { body } = await read({ account: slot('accountNumber') }, {}, bank, 'bank');
    expect(body).toEqual({ account: '**57', digits: ['**', '57'], spaced: '**57', other: '213570', escaped: '**57' });
  });

  it.each(['', '{', '{"', '"n":"'])('shows no number in base64, behind %j', async (before) => {
    for (const spelling of ['base64', 'base64url'] as const) {
      const body = await echoed({ payload: Buffer.from(`${before}${number}","a":1`).toString(spelling) });
      const { payload } = body as { payload: string };
      expect(Buffer.from(payload.replaceAll('*', 'A'), 'base64').toString('latin1')).not.toMatch(/4242424/);
      expect(payload).toContain('*****************');
    }
  });

  it('of any shape is read in little time', async () => {
    const nasty = ['4<>'.repeat(80_000), '4&#5'.repeat(60_000), '42%'.repeat(80_000), '4, "a":'.repeat(30_000)];
    for (const text of nasty) expect(await echoed(text)).toBe(text);
    expect(await echoed(Array.from({ length: 60_000 }, () => 4))).toHaveLength(60_000);
  });
});
