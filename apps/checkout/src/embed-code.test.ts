import { expect, test } from 'vitest';
import { embedCode } from './embed-code.ts';

const url = 'http://localhost:4000/checkout/session_1';

test.each([
  ['redirect', `<a href="${url}">Pay Blue Kettle</a>`],
  ['new_tab', `<a href="${url}" target="_blank" rel="opener">Pay Blue Kettle</a>`],
  [
    'popup',
    `<a href="${url}" target="ozura_checkout" rel="opener" onclick="return !window.open(this.href,this.target,'popup,width=480,height=760')">Pay Blue Kettle</a>`,
  ],
  [
    'iframe',
    `<iframe src="${url}" title="Checkout" allow="payment *; clipboard-write" referrerpolicy="no-referrer" style="width:100%;min-height:760px;border:0"></iframe>`,
  ],
] as const)('the code for %s', (mode, code) => {
  expect(embedCode(mode, url, 'Blue Kettle')).toBe(code);
});

test('a name cannot become markup', () => {
  expect(embedCode('redirect', url, '"><script>alert(1)</script>')).toBe(
    `<a href="${url}">Pay &quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;</a>`,
  );
});
