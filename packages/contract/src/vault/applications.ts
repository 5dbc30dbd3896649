// Applications: who may use the Vault, with which key, and where to (contract 7.7).
import { cardless } from '@ozura/core/cardless';
import { accepting, boolean, list, optional, record, required, text, withDefault } from '@ozura/core/validation';
import { type TSchema, Type } from 'typebox';
import { endpoint } from '../endpoint.ts';
import { inVaultWords } from './reader.ts';

const allowed = record({ allowed: required(boolean) });
const allowedByDefault = record({ allowed: withDefault(boolean, false) });
const notAllowed = { allowed: false };

const permissions = record({
  tokenization: required(allowed),
  provisioning: withDefault(allowedByDefault, notAllowed),
  detokenization: withDefault(allowedByDefault, notAllowed),
});

const entriesMax = 50;

/** A URL below which the proxy may send. Which ones are acceptable depends on the mode: the Vault judges. */
const destination = accepting<string>(
  (value, path, intake) =>
    typeof value === 'string' && value.length <= 2048 && URL.canParse(value)
      ? value
      : intake.fail(path, 'must be a URL'),
  { schema: { type: 'string', format: 'uri', maxLength: 2048 } },
);

/** Stands in the policy of the frames, where a semicolon would begin another rule. */
const ORIGIN = /^https?:\/\/[a-z0-9.-]+(:[0-9]+)?$/;
export const isOrigin = (text: string): boolean => ORIGIN.test(text) && URL.parse(text)?.origin === text;
const origin = accepting<string>(
  (value, path, intake) =>
    typeof value === 'string' && isOrigin(value) ? value : intake.fail(path, 'must be an origin'),
  { schema: { type: 'string', pattern: ORIGIN.source } },
);

const name = cardless(text(3, 50));

const permissionSchema = Type.Object({ allowed: Type.Boolean() });
const permissionsSchema = Type.Object({
  tokenization: permissionSchema,
  provisioning: permissionSchema,
  detokenization: permissionSchema,
});

const applicationSchema = {
  id: Type.String(),
  merchant_id: Type.String(),
  name: Type.String(),
  pub_key: Type.String(),
  permissions: permissionsSchema,
  destinations: Type.Array(Type.String()),
  origins: Type.Array(Type.String()),
  created_at: Type.String(),
};

const answerOf = <T extends TSchema>(data: T) => Type.Object({ success: Type.Boolean(), data });
const application = Type.Object(applicationSchema);

const byAdmin = { service: 'vault', auth: ['admin'], status: 200 } as const;

/** For the merchant named by `X-Merchant-Id`. The only answer that ever shows the key. */
export const createApplication = endpoint({
  ...byAdmin,
  name: 'createApplication',
  summary: 'Creates an application. The only answer that ever shows its key.',
  method: 'POST',
  path: '/api/applications',
  input: inVaultWords(
    record({
      name: required(name),
      permissions: required(permissions),
      destinations: withDefault(list(destination, 0, entriesMax), []),
      origins: withDefault(list(cardless(origin), 0, entriesMax), []),
    }),
  ),
  status: 201,
  output: answerOf(Type.Object({ ...applicationSchema, api_key: Type.String() })),
  errors: ['VALIDATION_FAILED'],
});

export const listApplications = endpoint({
  ...byAdmin,
  name: 'listApplications',
  summary: 'Lists the applications of a merchant.',
  method: 'GET',
  path: '/api/applications',
  input: record({}),
  output: answerOf(Type.Array(application)),
  errors: [],
});

export const getApplication = endpoint({
  ...byAdmin,
  name: 'getApplication',
  summary: 'Reads an application.',
  method: 'GET',
  path: '/api/applications/:id',
  input: record({}),
  output: answerOf(application),
  errors: ['NOT_FOUND'],
});

/** What is left out stays as it is. */
export const updateApplication = endpoint({
  ...byAdmin,
  name: 'updateApplication',
  summary: 'Changes an application; what is left out stays as it is.',
  method: 'PUT',
  path: '/api/applications/:id',
  input: inVaultWords(
    record({
      name: optional(name),
      permissions: optional(permissions),
      destinations: optional(list(destination, 0, entriesMax)),
      origins: optional(list(cardless(origin), 0, entriesMax)),
    }),
  ),
  output: answerOf(application),
  errors: ['VALIDATION_FAILED', 'NOT_FOUND'],
});

/** Revokes the key. */
export const deleteApplication = endpoint({
  ...byAdmin,
  name: 'deleteApplication',
  summary: 'Deletes an application and revokes its key.',
  method: 'DELETE',
  path: '/api/applications/:id',
  input: record({}),
  output: answerOf(Type.Object({ deleted: Type.Boolean() })),
  errors: ['NOT_FOUND'],
});

/** Whether a key is good. Our own programs also learn whose it is. */
export const verifyVaultKey = endpoint({
  name: 'verifyVaultKey',
  summary: 'Tells whether a key is good, and what it may do.',
  service: 'vault',
  method: 'GET',
  path: '/api/applications/key',
  auth: ['vault-key'],
  input: record({}),
  status: 200,
  output: Type.Object({
    success: Type.Boolean(),
    message: Type.String(),
    data: Type.Object({
      project_id: Type.String(),
      application_id: Type.String(),
      name: Type.String(),
      permissions: permissionsSchema,
      merchant_id: Type.Optional(Type.String()),
    }),
  }),
  errors: ['MISSING_CREDENTIALS', 'INVALID_CREDENTIALS'],
});
