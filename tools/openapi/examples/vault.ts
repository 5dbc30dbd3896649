// Examples of the Vault API.
import { type Examples, SAMPLE } from '../example.ts';

const { applicationId, merchantId, token } = SAMPLE;
const card = { cardNumber: '4242424242424242', expirationMonth: '11', expirationYear: '2035', cvv: '123' };
const number = '424242******4242';
const permissions = {
  tokenization: { allowed: true },
  provisioning: { allowed: false },
  detokenization: { allowed: false },
};
const application = {
  id: applicationId,
  merchant_id: merchantId,
  name: 'Shop',
  pub_key: 'pk_test_7hQ2mZx0LrV9cYp4TnB1KsWd0aBs7hQ2mZx0LrV9cYp',
  permissions,
  destinations: ['https://api.processor.example/'],
  origins: [],
  created_at: '2026-03-04T09:30:00.000Z',
};
const admin = { 'x-merchant-id': merchantId };
const found = {
  token,
  type: 'card',
  mask: { card_number: number },
  bin: '424242',
  card: { brand: 'VISA', last4: '4242', funding: 'credit' },
  expiration_month: '11',
  expiration_year: '2035',
  created_at: '2026-03-04T09:30:00.000Z',
};

export const vaultExamples: Examples = {
  tokenize: [
    {
      summary: 'A card, from a server',
      body: { type: 'card', data: card },
      answer: {
        success: true,
        token,
        data: { number, expiration_month: '11', expiration_year: '2035' },
        mask: { card_number: number },
        cvc_session_id: SAMPLE.cvcSession,
        bin: '424242',
        card: { brand: 'VISA', last4: '4242', funding: 'credit' },
        fingerprint: 'c0ffee00d1b54a32d192ed03a5b1d8f0c0ffee00d1b54a32d192ed03a5b1d8f0',
        deduplicated: false,
      },
    },
    {
      summary: 'A number with a typing error',
      body: { type: 'card', data: { ...card, cardNumber: '4242424242424241' } },
      status: 400,
      answer: {
        success: false,
        message: 'Invalid card number',
        data: null,
        errorCode: 'INVALID_CARD_NUMBER',
        requestId: SAMPLE.requestId,
      },
    },
  ],
  createVaultSession: [
    {
      summary: 'For one order',
      body: { session_limit: 3, order_id: 'order-1042' },
      answer: { success: true, data: { session_key: SAMPLE.sessionKey, expires_in_seconds: 1800 } },
    },
  ],
  revokeVaultSession: [
    {
      summary: 'Revoked',
      body: { session_key: SAMPLE.sessionKey },
      answer: { success: true, data: { revoked: true } },
    },
  ],
  proxyTransaction: [
    {
      summary: 'A destination that is not on the list',
      body: {
        token,
        proxy_url: 'https://elsewhere.example/charges',
        request_data: { amount: 1840 },
      },
      status: 403,
      answer: {
        success: false,
        message: 'Invalid proxy URL',
        data: null,
        errorCode: 'DESTINATION_NOT_ALLOWED',
        requestId: SAMPLE.requestId,
        sent: 'no',
      },
    },
  ],
  getToken: [{ summary: 'A card', params: { token }, answer: { success: true, data: found } }],
  listTokens: [
    { summary: 'The first one', query: { limit: '1' }, answer: { success: true, data: [found], has_more: false } },
  ],
  deleteToken: [{ summary: 'Deleted', params: { token }, answer: { success: true, data: { deleted: true } } }],
  deleteTokensOfCustomer: [
    {
      summary: 'One of three is used by a plan',
      query: { customer_id: 'cus_1042' },
      answer: { success: true, data: { deleted: 2, inUse: 1 } },
    },
  ],
  detokenize: [
    {
      summary: 'A key that may not',
      body: { token },
      status: 403,
      answer: {
        success: false,
        message: 'This API key does not have permission for this operation',
        data: null,
        errorCode: 'PERMISSION_DENIED',
        requestId: SAMPLE.requestId,
      },
    },
  ],
  createTestToken: [
    {
      summary: 'A test card',
      body: { cardNumber: '4242424242424242', expirationMonth: '11', expirationYear: '2035', cvc: '123' },
      answer: {
        success: true,
        token,
        cvc_session_id: 'cvc_test_Jm0f3qk2sYxX7b1eKp9aTnVh5cLw8RzUd4GiQo6NtEy',
        mask: { card_number: number },
        bin: '424242',
        test_mode: true,
        expires_in: '1 year (test session)',
      },
    },
  ],
  getBin: [
    {
      summary: 'A Visa credit card',
      params: { bin: '424242' },
      answer: { success: true, data: { bin: '424242', brand: 'VISA', funding: 'credit' } },
    },
  ],
  verifyVaultKey: [
    {
      summary: 'A good key',
      answer: {
        success: true,
        message: 'Valid API key',
        data: { project_id: 'proj_1', application_id: applicationId, name: 'Shop', permissions },
      },
    },
  ],
  createApplication: [
    {
      summary: 'A shop that tokenizes',
      headers: admin,
      body: {
        name: 'Shop',
        permissions: { tokenization: { allowed: true } },
        destinations: ['https://api.processor.example/'],
      },
      answer: {
        success: true,
        data: { ...application, api_key: 'key_shop_test_pvt_4nQ8vK2mZx0LrV9cYp4TnB1KsWd0aBs7hQ2mZx0LrV9' },
      },
    },
  ],
  listApplications: [{ summary: 'One', headers: admin, answer: { success: true, data: [application] } }],
  getApplication: [
    {
      summary: 'By its id',
      headers: admin,
      params: { id: applicationId },
      answer: { success: true, data: application },
    },
  ],
  updateApplication: [
    {
      summary: 'Another name',
      headers: admin,
      params: { id: applicationId },
      body: { name: 'Shop two' },
      answer: { success: true, data: { ...application, name: 'Shop two' } },
    },
  ],
  deleteApplication: [
    {
      summary: 'Deleted',
      headers: admin,
      params: { id: applicationId },
      answer: { success: true, data: { deleted: true } },
    },
  ],
};
