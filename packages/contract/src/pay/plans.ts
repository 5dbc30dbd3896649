// Recurring plans (contract 8.7): a plan begins with a first charge, and exists only if that is approved.
import { PLAN_STATUSES } from '@ozura/core/plan';
import { INTERVALS } from '@ozura/core/plan-schedule';
import { accepting, oneOf, optional, type Reader, type RecordOf, record, required, text } from '@ozura/core/validation';
import { type Static, Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { textOf } from '../schema.ts';
import { cardSale, cardSaleData } from './card-sale.ts';
import { pageFields, pagination } from './pagination.ts';
import { newPlanFields } from './plan-fields.ts';

const planMembers = {
  planId: Type.String(),
  status: textOf(...PLAN_STATUSES),
  planName: Type.String(),
  amount: Type.String(),
  currency: Type.String(),
  interval: textOf(...INTERVALS),
  intervalCount: Type.Integer(),
  /** ISO 8601; only while something is going to be charged: in `active`. */
  nextChargeDate: Type.Optional(Type.String()),
  cyclesCharged: Type.Integer(),
  maxCycles: Type.Optional(Type.Integer()),
  /** `YYYY-MM-DD`. */
  endDate: Type.Optional(Type.String()),
  merchantRecurringReference: Type.Optional(Type.String()),
  createdAt: Type.String(),
};

const planData = Type.Object(planMembers);
export type PlanData = Static<typeof planData>;

const newPlanData = Type.Object({ ...planMembers, firstTransaction: cardSaleData });
export type NewPlanData = Static<typeof newPlanData>;

/**
 * Charges the first cycle at once. Failures and their members are those of `cardSale`: 402 and no plan, 504 with
 * `planId` while the outcome is not known. What became of it is told by `getCharge`, too.
 */
export const createPlan = endpoint({
  name: 'createPlan',
  summary: 'Creates a plan with its first charge; the plan exists only if that is approved.',
  service: 'pay',
  method: 'POST',
  path: '/recurring/plans',
  mayCharge: true,
  auth: ['keys', 'service'],
  limit: 'cardSale',
  input: newPlanFields,
  status: 200,
  output: Type.Object({ success: Type.Literal(true), data: newPlanData }),
  errors: cardSale.errors,
});

const OWNERS = ['merchantId', 'agentId', 'isvId', 'isoId', 'groupId'] as const;
const owner = optional(text(1, 30));

const queryShape = {
  merchantId: owner,
  agentId: owner,
  isvId: owner,
  isoId: owner,
  groupId: owner,
  planId: optional(text(1, 255)),
  status: optional(oneOf(...PLAN_STATUSES)),
  ...pageFields,
};

export type PlanQuery = RecordOf<typeof queryShape>;

const readQuery: Reader<PlanQuery> = (value, path, intake) => {
  const sent = value as Readonly<Record<string, unknown>>;
  if (OWNERS.filter((name) => sent[name] != null).length !== 1) {
    intake.failures.push(`exactly one of ${OWNERS.join(', ')} is required`);
  }
  return record(queryShape)(value, path, intake);
};

const planQuery = accepting(readQuery, { as: () => record(queryShape) });

export const listPlans = endpoint({
  name: 'listPlans',
  summary: 'Lists plans.',
  service: 'pay',
  method: 'GET',
  path: '/recurring/plans',
  auth: ['merchant-key', 'service'],
  limit: 'transQuery',
  input: planQuery,
  status: 200,
  output: Type.Object({ success: Type.Literal(true), data: Type.Array(planData), pagination }),
  errors: [
    'VALIDATION_FAILED',
    'MISSING_CREDENTIALS',
    'INVALID_CREDENTIALS',
    'MERCHANT_MISMATCH',
    'PERMISSION_DENIED',
    'PLAN_NOT_FOUND',
    'RATE_LIMITED',
    'INTERNAL_ERROR',
  ],
});

/** Where a merchant may move a plan to. */
const changed = oneOf('active', 'paused', 'cancelled');

interface ChangeOf<Input> {
  readonly name: string;
  readonly summary: string;
  readonly method: 'PATCH' | 'POST';
  readonly path: string;
  readonly input: Reader<Input>;
}

/** Asking again for a status that the plan has answers the plan. */
const change = <Input>(of: ChangeOf<Input>) =>
  endpoint({
    ...of,
    service: 'pay',
    auth: ['merchant-key', 'service'],
    status: 200,
    output: Type.Object({ success: Type.Literal(true), data: planData }),
    errors: [
      'VALIDATION_FAILED',
      'INVALID_JSON',
      'MISSING_CREDENTIALS',
      'INVALID_CREDENTIALS',
      'MERCHANT_MISMATCH',
      'PLAN_NOT_FOUND',
      'PLAN_STATE_CONFLICT',
      'INTERNAL_ERROR',
    ],
  });

export const changePlan = change({
  name: 'changePlan',
  summary: 'Pauses, resumes or cancels a plan.',
  method: 'PATCH',
  path: '/recurring/plans/:planId',
  input: record({ merchantId: required(text(1, 30)), status: required(changed) }),
});

/** The key names the merchant already; if the body does too, it must be the same one. */
const askedBy = record({ merchantId: owner });

export const pausePlan = change({
  name: 'pausePlan',
  summary: 'The same as changing its status to paused.',
  method: 'POST',
  path: '/recurring/plans/:planId/pause',
  input: askedBy,
});

export const resumePlan = change({
  name: 'resumePlan',
  summary: 'The same as changing its status to active.',
  method: 'POST',
  path: '/recurring/plans/:planId/resume',
  input: askedBy,
});

export const cancelPlan = change({
  name: 'cancelPlan',
  summary: 'The same as changing its status to cancelled.',
  method: 'POST',
  path: '/recurring/plans/:planId/cancel',
  input: askedBy,
});
