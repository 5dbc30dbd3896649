// On a server: the components are drawn, and nothing touches what only a browser has.
import { createElement, StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, it } from 'vitest';
import { OzBankCard, OzCard, OzCardNumber, OzElements, type OzElementsHandle, useOzElements } from './index.ts';

it('draws the places of the fields on a server', () => {
  let handle: OzElementsHandle | undefined;
  const Page = () => {
    handle = useOzElements();
    return [
      createElement(OzCard, { key: 1, className: 'card' }),
      createElement(OzBankCard, { key: 2 }),
      createElement('p', { key: 3 }, String(handle.ready)),
    ];
  };
  const options = { sessionUrl: '/session', pubKey: 'pk_test_1' };
  const text = renderToString(createElement(StrictMode, null, createElement(OzElements, options, createElement(Page))));
  expect(text).toBe(
    '<div class="card" role="group" aria-label="Card"><div data-oz-field="cardNumber"></div>' +
      '<div data-oz-field="expirationDate"></div><div data-oz-field="cvv"></div></div>' +
      '<div role="group" aria-label="Bank account"><div data-oz-field="accountNumber"></div>' +
      '<div data-oz-field="routingNumber"></div></div><p>false</p>',
  );
  expect(handle).toMatchObject({ ready: false, initError: null, tokenizeCount: 0 });
});

it('refuses a call before there is a vault, and a field outside of one', async () => {
  let handle: OzElementsHandle | undefined;
  const Page = () => {
    handle = useOzElements();
    return null;
  };
  renderToString(createElement(OzElements, { sessionUrl: '/session' }, createElement(Page)));
  await expect(handle?.createToken()).rejects.toMatchObject({ errorCode: 'config', message: 'not ready' });
  expect(() => renderToString(createElement(OzCardNumber))).toThrow('<OzElements>');
});
