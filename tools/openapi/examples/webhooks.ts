// Examples of events and webhook endpoints.
import { type Examples, SAMPLE } from '../example.ts';

const { merchantId, paymentLinkId } = SAMPLE;
const params = { endpointId: SAMPLE.endpointId };
const eventId = 'evt_7hQ2mZx0LrV9cYp4TnB1Ks';
const createdAt = '2026-03-04T09:30:00.000Z';
const secret = 'whsec_3vQ0m7b1x2kYzX9eKp1aTnVh5cLw8RzUd4GiQo6NtEw=';
const endpoint = {
  id: SAMPLE.endpointId,
  url: 'https://shop.example/webhooks',
  events: ['*'],
  status: 'enabled',
  createdAt,
};

export const webhookExamples: Examples = {
  listEvents: [
    {
      summary: 'From the beginning, of one type',
      query: { limit: '1', types: 'payment_link.created' },
      answer: {
        success: true,
        data: [
          {
            id: eventId,
            type: 'payment_link.created',
            timestamp: createdAt,
            sequence: 1,
            merchantId,
            data: { paymentLinkId, used: 0, usageLimit: null },
          },
        ],
        hasMore: false,
        nextAfter: '1',
      },
    },
  ],
  createWebhookEndpoint: [
    {
      summary: 'Payments and sessions',
      body: {
        url: 'https://shop.example/webhooks',
        events: ['session.completed', 'payment.reversed'],
        description: 'Orders',
      },
      answer: {
        success: true,
        data: { ...endpoint, events: ['session.completed', 'payment.reversed'], description: 'Orders', secret },
      },
    },
    {
      summary: 'An address of the inner network',
      body: { url: 'https://10.0.0.7/webhooks' },
      status: 400,
      answer: {
        success: false,
        error: 'url: must lead to a public address',
        errorCode: 'VALIDATION_FAILED',
        requestId: SAMPLE.requestId,
      },
    },
  ],
  listWebhookEndpoints: [
    {
      summary: 'All',
      answer: {
        success: true,
        data: [{ ...endpoint, events: ['session.completed', 'payment.reversed'], description: 'Orders' }],
      },
    },
  ],
  getWebhookEndpoint: [{ summary: 'One', params, answer: { success: true, data: endpoint } }],
  changeWebhookEndpoint: [
    {
      summary: 'Off for a while',
      params,
      body: { status: 'disabled' },
      answer: { success: true, data: { ...endpoint, status: 'disabled' } },
    },
  ],
  rotateWebhookSecret: [
    {
      summary: 'A new secret',
      params,
      answer: {
        success: true,
        data: { ...endpoint, secret, previousSecretExpiresAt: '2026-03-05T09:30:00.000Z' },
      },
    },
  ],
  testWebhookEndpoint: [
    {
      summary: 'Nobody is there',
      params,
      answer: { success: true, data: { eventId, delivered: false, error: 'no connection', durationMs: 3 } },
    },
  ],
  listWebhookDeliveries: [
    {
      summary: 'The last one',
      params,
      query: { limit: '1' },
      answer: {
        success: true,
        data: [
          {
            eventId,
            type: 'webhook_endpoint.test',
            sequence: 0,
            status: 'failed',
            tries: 1,
            attempts: [{ at: createdAt, error: 'no connection', durationMs: 3 }],
            createdAt,
          },
        ],
        hasMore: false,
      },
    },
  ],
  redeliverWebhooks: [
    {
      summary: 'All of an hour',
      params,
      body: { from: '2026-03-04T09:00:00Z', to: '2026-03-04T10:00:00Z' },
      answer: { success: true, data: { queued: 0 } },
    },
  ],
  deleteWebhookEndpoint: [{ summary: 'Gone', params, answer: { success: true } }],
};
