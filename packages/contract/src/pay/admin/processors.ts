// By what a merchant is known to its processors, and in which order they are tried (contract 9.3). No answer shows a
// credential.
import { PROCESSOR_NAMES } from '@ozura/core/processor-credentials';
import { Secret } from '@ozura/core/secret';
import { accepting, isObject, list, oneOf, type Reader, record, required, text } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from '../../endpoint.ts';
import { textOf } from '../../schema.ts';
import { adminErrors, by, byAdmin, operatorOnly } from './operator.ts';

const membersMax = 10;

/** Which members a processor wants is the handler's business: the path names it. */
const readCredentials: Reader<Readonly<Record<string, Secret<string>>>> = (value, path, intake) => {
  if (!isObject(value)) return intake.fail(path, 'must be an object');
  const members = Object.entries(value).filter(([, member]) => member != null);
  if (members.length > membersMax) return intake.fail(path, `must have at most ${membersMax} members`);
  const read: Record<string, Secret<string>> = {};
  for (const [name, member] of members) {
    const credential = text(1, 200)(member, `${path}.${name}`, intake);
    if (credential !== undefined) read[name] = new Secret(credential);
  }
  return read;
};

const credentials = accepting(readCredentials, {
  schema: {
    type: 'object',
    maxProperties: membersMax,
    additionalProperties: { type: 'string', minLength: 1, maxLength: 200 },
  },
});

const output = Type.Object({
  success: Type.Literal(true),
  data: Type.Object({ processors: Type.Array(Type.String()) }),
});

/** Replaces what was kept. A processor that is not in the order yet becomes its last. */
export const setProcessor = endpoint({
  ...byAdmin,
  name: 'setProcessor',
  summary: 'Keeps by what the merchant is known to a processor, in place of what was kept.',
  method: 'PUT',
  path: '/admin/merchants/:merchantId/processors/:processor',
  input: record({ credentials: required(credentials), by }),
  output,
  errors: adminErrors,
});

/** Forgets the credentials, and takes the processor out of the order. */
export const removeProcessor = endpoint({
  ...byAdmin,
  name: 'removeProcessor',
  summary: 'Forgets the credentials and takes the processor out of the order.',
  method: 'POST',
  path: '/admin/merchants/:merchantId/processors/:processor/remove',
  input: operatorOnly,
  output,
  errors: adminErrors,
});

/** Asks the processor whether it knows the merchant by what is kept. Nothing is booked. */
export const checkProcessor = endpoint({
  ...byAdmin,
  name: 'checkProcessor',
  summary: 'Asks the processor whether it knows the merchant by the credentials that are kept. Nothing is booked.',
  method: 'POST',
  path: '/admin/merchants/:merchantId/processors/:processor/check',
  input: record({}),
  output: Type.Object({
    success: Type.Literal(true),
    data: Type.Object({
      processor: Type.String(),
      /** Where this installation reaches it. */
      address: Type.String(),
      /** Whether sales are sent there. */
      isTried: Type.Boolean(),
      finding: textOf('accepted', 'refused', 'unreachable', 'unanswered', 'no_credentials'),
      explanation: Type.String(),
    }),
  }),
  errors: adminErrors,
});

/** Those that are left out stay configured and are not tried. */
export const orderProcessors = endpoint({
  ...byAdmin,
  name: 'orderProcessors',
  summary: 'Sets the order in which processors are tried.',
  method: 'PUT',
  path: '/admin/merchants/:merchantId/processors',
  input: record({ order: required(list(oneOf(...PROCESSOR_NAMES), 0, PROCESSOR_NAMES.length)), by }),
  output,
  errors: adminErrors,
});
