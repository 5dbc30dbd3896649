// Merchants and their settings, managed by the operator (ours). What is secret is shown once, when it is made.

import { checkPolicyReason, isAvsPolicy, isCvvPolicy } from '@ozura/core/attempt-checks';
import { plainlyCardless } from '@ozura/core/cardless';
import {
  accepting,
  boolean,
  list,
  optional,
  pattern,
  type Reader,
  record,
  required,
  text,
} from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../../endpoint.ts';
import { adminErrors, by, byAdmin } from './operator.ts';

const hostsMax = 50;
const HOST = /^(?=.{1,253}(:|$))[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?$/;

const policy = (isPolicy: (setting: string) => boolean): Reader<string> =>
  accepting<string>(
    (value, path, intake) =>
      typeof value === 'string' && isPolicy(value) ? value : intake.fail(path, checkPolicyReason),
    { schema: { type: 'string', description: checkPolicyReason } },
  );

const settings = {
  avsPolicy: optional(policy(isAvsPolicy)),
  cvvPolicy: optional(policy(isCvvPolicy)),
  motoWithoutCvc: optional(boolean),
  allowedReturnHosts: optional(list(pattern(HOST, 'must be a host such as shop.example'), 0, hostsMax)),
};

const merchantName = plainlyCardless(text(1, 100));
const merchantId = pattern(/^[A-Za-z0-9_-]{1,30}$/, 'must be 1-30 of A-Z, a-z, 0-9, _ and -');

const merchantSchema = {
  merchantId: Type.String(),
  name: Type.String(),
  /** In the order in which they are tried. */
  processors: Type.Array(Type.String()),
  settings: Type.Object({
    avsPolicy: Type.String(),
    cvvPolicy: Type.String(),
    motoWithoutCvc: Type.Boolean(),
    allowedReturnHosts: Type.Array(Type.String()),
  }),
};

const answerOf = <T extends Parameters<typeof Type.Object>[0]>(data: T) =>
  Type.Object({ success: Type.Literal(true), data: Type.Object(data) });

/** Answers the first key with it, this once. Without `merchantId` the merchant gets one. */
export const createMerchant = endpoint({
  ...byAdmin,
  name: 'createMerchant',
  summary: 'Creates a merchant. The only answer that ever shows the first key.',
  method: 'POST',
  path: '/admin/merchants',
  input: record({ merchantId: optional(merchantId), name: required(merchantName), ...settings, by }),
  status: 201,
  output: answerOf({ ...merchantSchema, keyId: Type.String(), merchantKey: Type.String() }),
  errors: adminErrors,
});

/** In the order of their ids, a hundred at a time, after the merchant `after`. */
export const listMerchants = endpoint({
  ...byAdmin,
  name: 'listMerchants',
  summary: 'Lists merchants in the order of their ids, a hundred at a time.',
  method: 'GET',
  path: '/admin/merchants',
  input: record({ after: optional(text(1, 30)) }),
  output: Type.Object({
    success: Type.Literal(true),
    data: Type.Array(Type.Object(merchantSchema)),
    hasMore: Type.Boolean(),
  }),
  errors: adminErrors,
});

/** With its keys and the names of what is kept for its processors. */
export const getMerchant = endpoint({
  ...byAdmin,
  name: 'getMerchant',
  summary: 'Reads a merchant with its keys and processors.',
  method: 'GET',
  path: '/admin/merchants/:merchantId',
  input: record({}),
  output: answerOf({
    ...merchantSchema,
    credentials: Type.Array(Type.Object({ processor: Type.String(), fields: Type.Array(Type.String()) })),
    keys: Type.Array(
      Type.Object({
        keyId: Type.String(),
        /** The last four characters. */
        hint: Type.String(),
        createdAt: Type.String(),
        revokedAt: Type.Optional(Type.String()),
      }),
    ),
  }),
  errors: adminErrors,
});

/** What is left out stays as it is. */
export const updateMerchant = endpoint({
  ...byAdmin,
  name: 'updateMerchant',
  summary: 'Changes a merchant; what is left out stays as it is.',
  method: 'PATCH',
  path: '/admin/merchants/:merchantId',
  input: record({ name: optional(merchantName), ...settings, by }),
  output: answerOf(merchantSchema),
  errors: adminErrors,
});
