// The two routes by which Checkout learns what became of a charge (contract 12.2 and 12.5). Service key only.
import { type Reader, record } from '@ozura/core/validation';
import { type Static, Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { cardSaleData } from './card-sale.ts';

/**
 * `processing`: being sent. `unknown`: sent, being established by inquiry. `review`: a person decides. All others are
 * final: `refused`, `not_sent`, `not_processed`, `reversed` and `abandoned` are proof that nothing was charged.
 */
const chargeState = Type.Union([
  Type.Literal('processing'),
  Type.Literal('unknown'),
  Type.Literal('review'),
  Type.Literal('approved'),
  Type.Literal('declined'),
  Type.Literal('refused'),
  Type.Literal('not_sent'),
  Type.Literal('not_processed'),
  Type.Literal('reversed'),
  Type.Literal('abandoned'),
]);

export type ChargeState = Static<typeof chargeState>;

/** What the sale answered, or would answer now. */
const failure = Type.Object({
  errorCode: Type.String(),
  error: Type.String(),
  declineCode: Type.Optional(Type.String()),
  processorCode: Type.Optional(Type.String()),
  advice: Type.Optional(Type.String()),
});

const chargeData = Type.Object({
  chargeId: Type.String(),
  state: chargeState,
  attemptId: Type.Optional(Type.String()),
  /** Of a plan's first charge. The plan itself exists when that is approved. */
  planId: Type.Optional(Type.String()),
  /** Only when approved. */
  transaction: Type.Optional(cardSaleData),
  /** In every other state but `processing` and `abandoned`. */
  failure: Type.Optional(failure),
});

export type ChargeData = Static<typeof chargeData>;

const nothing: Reader<object> = record({});
const output = Type.Object({ success: Type.Literal(true), data: chargeData });

export const getCharge = endpoint({
  name: 'getCharge',
  summary: 'Tells what became of a charge.',
  service: 'pay',
  method: 'GET',
  path: '/charges/:chargeId',
  auth: ['service'],
  input: nothing,
  status: 200,
  output,
  errors: ['MISSING_CREDENTIALS', 'INVALID_CREDENTIALS', 'NOT_FOUND', 'INTERNAL_ERROR'],
});

/** Answers the charge if it exists; else writes its id down as dead, so that a sale still on its way is refused. */
export const abandonCharge = endpoint({
  name: 'abandonCharge',
  summary: 'Answers the charge if it exists; else refuses it for ever, so that it is proven that nothing was charged.',
  service: 'pay',
  method: 'POST',
  path: '/charges/:chargeId/abandon',
  auth: ['service'],
  input: nothing,
  status: 200,
  output,
  errors: ['MISSING_CREDENTIALS', 'INVALID_CREDENTIALS', 'NOT_FOUND', 'INTERNAL_ERROR'],
});
