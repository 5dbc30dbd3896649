// Examples of the Checkout API.
import { BILLING, type Examples, SAMPLE } from '../example.ts';
import { webhookExamples } from './webhooks.ts';

const { merchantId, sessionId, paymentLinkId } = SAMPLE;
const params = { sessionId };
const linkId = { linkId: paymentLinkId };
const linkUrl = `http://localhost:4000/pay/${paymentLinkId}`;
const url = `http://localhost:4000/checkout/${sessionId}`;
const uuid = '0b0e8cde-5a0b-4f4e-9b0a-2f1c8f0c7a11';

const shop = {
  merchantId,
  merchantName: 'Blue Kettle',
  successUrl: 'https://shop.example/thanks',
  cancelUrl: 'https://shop.example/cart',
  errorUrl: 'https://shop.example/error',
};
const pricing = { subtotal: 18.4, tax: 0, shipping: 0, total: 18.4, currency: 'USD' };
const created = {
  sessionId,
  expiresAt: '2026-03-04T10:00:00.000Z',
  checkoutUrl: url,
  embedCode: `<a href="${url}">Pay Blue Kettle</a>`,
  pricing,
};
const requested = {
  amount: '18.40',
  currency: 'USD',
  merchantId,
  checkoutMode: 'payment',
  embedMode: 'redirect',
  parentOrigin: null,
  taxExempt: false,
  hideHeader: false,
  allowPopup: true,
  appearance: {},
  metadata: {},
  recurringConfig: null,
  donationConfig: null,
  surchargePercent: null,
  transactionChannel: 'ecommerce',
};
const session = {
  id: sessionId,
  status: 'pending',
  paymentState: null,
  ...requested,
  metadata: { merchantName: 'Blue Kettle' },
  paymentLinkId: null,
  createdAt: '2026-03-04T09:30:00.000Z',
  expiresAt: '2026-03-04T10:00:00.000Z',
};

export const checkoutExamples: Examples = {
  createSession: [
    { summary: 'A payment', body: { ...shop, amount: '18.40' }, answer: { success: true, data: created } },
    {
      summary: 'A cart in an iframe',
      body: {
        ...shop,
        items: [{ name: 'Kettle', price: 149.99, quantity: 3, imageUrl: 'https://shop.example/kettle.png' }],
        embedMode: 'iframe',
        parentOrigin: 'https://shop.example',
        appearance: { primaryColor: '#0a7d5a', borderRadius: 'lg' },
        metadata: { cart: 'c-771' },
        shippingCost: 5,
      },
      answer: {
        success: true,
        data: {
          ...created,
          embedCode: `<iframe src="${url}" title="Checkout" allow="payment *; clipboard-write" referrerpolicy="no-referrer" style="width:100%;min-height:760px;border:0"></iframe>`,
          pricing: { ...pricing, subtotal: 449.97, total: 449.97 },
        },
        warnings: ['shippingCost: deprecated and ignored'],
      },
    },
    {
      summary: 'A donation',
      body: {
        ...shop,
        checkoutMode: 'donation',
        donationConfig: { presets: [25, 50, 100], defaultAmount: 50, maxAmount: 500 },
      },
      answer: { success: true, data: { ...created, pricing: { ...pricing, subtotal: 0, total: 0 } } },
    },
    {
      summary: 'A plan',
      body: {
        ...shop,
        amount: '20.00',
        checkoutMode: 'recurring',
        recurringConfig: { planName: 'Tea club', interval: 'monthly', startDate: '2099-01-31', setupFee: '5.00' },
      },
      answer: { success: true, data: { ...created, pricing: { ...pricing, subtotal: 25, total: 25 } } },
    },
    {
      summary: 'Two fields that are wrong',
      body: { ...shop, amount: '10.075', embedMode: 'popup' },
      status: 400,
      answer: {
        success: false,
        error: 'Validation failed',
        details: [
          'amount: USD allows at most 2 decimals',
          'parentOrigin: is required when embedMode is "popup" or "iframe"',
        ],
        errorCode: 'VALIDATION_FAILED',
        requestId: SAMPLE.requestId,
      },
    },
  ],
  getSession: [
    { summary: 'A pending session', params, answer: { success: true, data: { session, pricing, items: [] } } },
    {
      summary: 'A session that does not exist',
      params: { sessionId: 'session_000000000000000000000000000000' },
      status: 404,
      answer: {
        success: false,
        error: 'Session not found',
        errorCode: 'SESSION_NOT_FOUND',
        requestId: SAMPLE.requestId,
      },
    },
  ],
  createPaymentLink: [
    {
      summary: 'A link for a week and ten payments',
      body: { ...shop, amount: '50.00', usageLimit: 10, metadata: { invoiceId: 'INV-12345' } },
      answer: { success: true, data: { paymentLinkId, url: linkUrl, expiresAt: '2026-03-11T09:30:00.000Z' } },
    },
  ],
  checkPaymentLink: [
    {
      summary: 'A link that can be used',
      params: linkId,
      answer: { success: true, available: true, message: 'Payment link is available' },
    },
  ],
  getPaymentLink: [
    {
      summary: 'A fresh link',
      params: linkId,
      answer: {
        success: true,
        data: {
          paymentLink: {
            id: paymentLinkId,
            url: linkUrl,
            status: 'active',
            used: 0,
            reserved: 0,
            usageLimit: 10,
            expiresInDays: 7,
            ...requested,
            merchantName: 'Blue Kettle',
            successUrl: shop.successUrl,
            cancelUrl: shop.cancelUrl,
            errorUrl: shop.errorUrl,
            locale: 'auto',
            items: [],
            createdAt: '2026-03-04T09:30:00.000Z',
            expiresAt: '2026-03-11T09:30:00.000Z',
          },
        },
      },
    },
  ],
  deactivatePaymentLink: [{ summary: 'Switched off', params: linkId, answer: { success: true } }],
  signingKeys: [
    {
      summary: 'One key',
      answer: {
        keys: [
          {
            kty: 'OKP',
            crv: 'Ed25519',
            use: 'sig',
            alg: 'EdDSA',
            kid: 'sig_7hQ2mZx0LrV9cYp4TnB1Ks',
            x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
          },
        ],
      },
    },
  ],
  sessionKey: [
    {
      summary: 'A key for one page',
      params,
      body: { sessionId: uuid },
      answer: { success: true, data: { sessionKey: SAMPLE.sessionKey, expiresInSeconds: 1800 } },
    },
  ],
  quoteSession: [
    {
      summary: 'A price',
      params,
      body: { billing: { country: 'US', state: 'CA', zip: '94607' } },
      answer: { success: true, data: { pricing, surchargePercent: '0.00' } },
    },
  ],
  paySession: [
    {
      summary: 'An address that is not complete',
      params,
      body: {
        token: SAMPLE.token,
        cvcSession: SAMPLE.cvcSession,
        billing: { ...BILLING, email: 'ines' },
        expectedTotal: '18.40',
        attemptKey: uuid,
      },
      status: 400,
      answer: {
        success: false,
        error: 'billing.email: must be a valid e-mail address',
        errorCode: 'VALIDATION_FAILED',
        requestId: SAMPLE.requestId,
      },
    },
  ],
  sessionOutcome: [
    { summary: 'Still to be paid', params, answer: { success: true, data: { status: 'pending', paymentState: null } } },
  ],
  extendSession: [
    { summary: 'More time', params, answer: { success: true, data: { expiresAt: '2026-03-04T10:20:00.000Z' } } },
  ],
  getTestClock: [
    { summary: 'Real time', answer: { success: true, data: { now: '2026-03-04T09:30:00.000Z', frozen: false } } },
  ],
  freezeTestClock: [
    {
      summary: 'The last day of January',
      body: { frozenAt: '2027-01-31T09:30:00Z' },
      answer: { success: true, data: { now: '2027-01-31T09:30:00.000Z', frozen: true } },
    },
  ],
  advanceTestClock: [
    {
      summary: 'A month of days',
      body: { seconds: 2678400 },
      answer: { success: true, data: { now: '2027-03-03T09:30:00.000Z', frozen: true } },
    },
  ],
  resetTestClock: [
    { summary: 'Real time again', answer: { success: true, data: { now: '2026-03-04T09:31:00.000Z', frozen: false } } },
  ],
  watchSandbox: [
    {
      summary: 'Nothing booked after that entry',
      query: { after: '999999999' },
      answer: {
        success: true,
        data: {
          clock: { now: '2026-03-04T09:31:00.000Z', frozen: false },
          sessions: [
            {
              sessionId,
              status: 'pending',
              amount: '18.40',
              currency: 'USD',
              createdAt: '2026-03-04T09:30:00.000Z',
            },
          ],
          attempts: [],
          programs: [],
          journal: [],
        },
      },
    },
  ],
  tellSandbox: [
    {
      summary: 'The answer to one order is lost',
      body: { match: { orderId: 'order-1001' }, steps: ['timeout_after_accept', 'approve'] },
      answer: {
        success: true,
        data: {
          programId: 'prg-000184',
          match: { orderId: 'order-1001' },
          steps: ['timeout_after_accept', 'approve'],
          stepsTaken: 0,
          createdAt: '2026-03-04T09:34:12.102Z',
        },
      },
    },
  ],
  forgetSandboxPrograms: [{ summary: 'All of a merchant', answer: { success: true, data: { deleted: 1 } } }],
  settleSandboxNow: [{ summary: 'All of a merchant', body: {}, answer: { success: true } }],
  cancelSession: [{ summary: 'Cancelled', params, answer: { success: true } }],
  ...webhookExamples,
};
