// Examples of the Pay API.
import { type Examples, SAMPLE } from '../example.ts';

const { merchantId } = SAMPLE;
const billing = {
  billingFirstName: 'Ines',
  billingLastName: 'Duarte',
  billingEmail: 'ines@example.com',
  billingPhone: '+14155550134',
  billingAddress1: '9 Pier Road',
  billingCity: 'Oakland',
  billingState: 'CA',
  billingZipcode: '94607',
  billingCountry: 'US',
};
const sale = {
  transactionId: SAMPLE.transactionId,
  amount: '18.40',
  currency: 'USD',
  cardLastFour: '4242',
  cardBin: '424242',
  cardExpMonth: '11',
  cardExpYear: '35',
  cardBrand: 'VISA',
  isCreditCard: true,
  transDate: '2026-03-04T09:34:12.102Z',
  ozuraMerchantId: merchantId,
  clientIpAddress: '203.0.113.9',
  ...billing,
  processor: 'sandbox',
  processorTransactionId: 'sbx-000184',
  authCode: '083712',
  avsResult: 'Y',
  cvvResult: 'M',
};

const plan = {
  planId: SAMPLE.planId,
  status: 'active',
  planName: 'Tea club',
  amount: '20.00',
  currency: 'USD',
  interval: 'monthly',
  intervalCount: 1,
  nextChargeDate: '2026-04-04T09:34:12.102Z',
  cyclesCharged: 1,
  createdAt: '2026-03-04T09:34:12.102Z',
};
const planId = { planId: SAMPLE.planId };
const { nextChargeDate: _none, ...paused } = { ...plan, status: 'paused' };
const page = { currentPage: 1, totalPages: 1, totalCount: 1, limit: 50, hasNextPage: false, hasPrevPage: false };

const givenBack = {
  transactionId: '260304HV40S2M8Q6ZK1D9RB7XN',
  originalTransactionId: SAMPLE.transactionId,
  currency: 'USD',
  transDate: '2026-03-04T10:02:41.530Z',
};

export const payExamples: Examples = {
  cardSale: [
    {
      summary: 'A sale',
      body: {
        merchantId,
        amount: '18.40',
        currency: 'USD',
        ozuraCardToken: SAMPLE.token,
        ozuraCvcSession: SAMPLE.cvcSession,
        ...billing,
        clientIpAddress: '203.0.113.9',
      },
      answer: { success: true, data: sale },
    },
    {
      summary: 'Without an amount',
      body: { merchantId, ozuraCardToken: SAMPLE.token, ozuraCvcSession: SAMPLE.cvcSession, ...billing },
      status: 400,
      answer: {
        success: false,
        error: 'amount: is required',
        errorCode: 'VALIDATION_FAILED',
        requestId: SAMPLE.requestId,
      },
    },
  ],
  createPlan: [
    {
      summary: 'A plan by the month',
      body: {
        merchantId,
        planName: 'Tea club',
        amount: '20.00',
        currency: 'USD',
        interval: 'monthly',
        ozuraVaultToken: SAMPLE.token,
        ozuraCvcSession: SAMPLE.cvcSession,
        ...billing,
        clientIpAddress: '203.0.113.9',
      },
      answer: { success: true, data: { ...plan, firstTransaction: { ...sale, amount: '20.00' } } },
    },
  ],
  listPlans: [
    {
      summary: 'One plan',
      query: { merchantId, planId: SAMPLE.planId },
      answer: { success: true, data: [plan], pagination: page },
    },
  ],
  changePlan: [
    {
      summary: 'Paused',
      params: planId,
      body: { merchantId, status: 'paused' },
      answer: { success: true, data: paused },
    },
  ],
  pausePlan: [{ summary: 'Paused', params: planId, answer: { success: true, data: paused } }],
  resumePlan: [{ summary: 'Active already', params: planId, answer: { success: true, data: plan } }],
  cancelPlan: [
    { summary: 'Cancelled', params: planId, answer: { success: true, data: { ...paused, status: 'cancelled' } } },
  ],
  cardRefund: [
    {
      summary: 'A part of a sale',
      body: { merchantId, transactionId: SAMPLE.transactionId, amount: '5.00', reason: 'one cup was broken' },
      answer: {
        success: true,
        data: {
          ...givenBack,
          amount: '5.00',
          transactionType: 'CreditCardReturn',
          status: 'approved',
          remainingAmount: '13.40',
        },
      },
    },
    {
      summary: 'More than the sale',
      body: { merchantId, transactionId: SAMPLE.transactionId, amount: '1000.00' },
      status: 409,
      answer: {
        success: false,
        error: 'Refund exceeds the remaining amount',
        errorCode: 'REFUND_EXCEEDS_BALANCE',
        requestId: SAMPLE.requestId,
      },
    },
  ],
  cardVoid: [
    {
      summary: 'A whole sale',
      body: { merchantId, transactionId: SAMPLE.transactionId },
      answer: { success: true, data: { ...givenBack, amount: '18.40', transactionType: 'CreditCardVoid' } },
    },
  ],
  achSale: [
    {
      summary: 'A debit of a checking account',
      body: { merchantId, amount: '18.40', ozuraBankToken: SAMPLE.bankToken, secCode: 'WEB', ...billing },
      answer: {
        success: true,
        data: {
          transactionId: '260304J8K2Q7M5T1XR6B9ZC3WF',
          transactionType: 'AchSale',
          status: 'pending',
          amount: '18.40',
          currency: 'USD',
          routingNumber: '110000000',
          accountLastFour: '6789',
          accountType: 'checking',
          secCode: 'WEB',
          transDate: '2026-03-04T09:34:12.102Z',
          ozuraMerchantId: merchantId,
          ...billing,
          processor: 'sandbox',
          processorTransactionId: 'sbx-000185',
        },
      },
    },
  ],
  createSandboxProgram: [
    {
      summary: 'Two declines, then an approval, for one order',
      body: {
        merchantId,
        match: { orderId: 'order-1001' },
        steps: ['decline:insufficient_funds', 'decline:do_not_honor', 'approve'],
      },
      answer: {
        success: true,
        data: {
          programId: 'prg-000184',
          match: { orderId: 'order-1001' },
          steps: ['decline:insufficient_funds', 'decline:do_not_honor', 'approve'],
          stepsTaken: 0,
          createdAt: '2026-03-04T09:34:12.102Z',
        },
      },
    },
  ],
  listSandboxPrograms: [
    {
      summary: 'Those of a merchant',
      query: { merchantId },
      answer: {
        success: true,
        data: [
          {
            programId: 'prg-000184',
            match: { orderId: 'order-1001' },
            steps: ['approve'],
            stepsTaken: 0,
            createdAt: '2026-03-04T09:34:12.102Z',
          },
        ],
      },
    },
  ],
  deleteSandboxPrograms: [{ summary: 'All of a merchant', answer: { success: true, data: { deleted: 1 } } }],
  getSandboxJournal: [
    { summary: 'Nothing after that entry', query: { after: '999999999' }, answer: { success: true, data: [] } },
  ],
  settleSandbox: [{ summary: 'All of a merchant', body: { merchantId }, answer: { success: true } }],
  transQuery: [
    {
      summary: 'The sales of a year',
      query: { dateFrom: '2020-01-01 00:00:00', dateTo: '2020-12-31 23:59:59', transactionType: 'CreditCardSale' },
      answer: {
        success: true,
        data: [],
        pagination: { ...page, totalPages: 0, totalCount: 0 },
      },
    },
  ],
};
