// The OpenAPI 3.1 document of a service, made of the records that its routes are made of.
import type { Endpoint } from '@ozura/contract/endpoint';
import { ERRORS, type Service } from '@ozura/core/errors';
import { AUDIENCES, audienceOf, schemesOf, securityOf } from './credentials.ts';
import type { Example, Examples } from './example.ts';
import { failureSchema, failuresOf } from './failures.ts';
import { limitInWords } from './limits.ts';
import { answerSchema, hasQuery, type Schema, schemaOf } from './schema.ts';

/** A part of the document that is no schema. */
type Part = Readonly<Record<string, unknown>>;

const TITLES: Readonly<Record<Service, string>> = {
  checkout: 'Ozura Checkout API',
  vault: 'Ozura Vault API',
  pay: 'Ozura Pay API',
};

const DESCRIPTION = [
  'Amounts are decimal strings; a JSON number is accepted too. Times are UTC. `null` in a request is the same as absent.',
  'Unknown members of a request are ignored.',
].join(' ');

export interface Described {
  readonly service: Service;
  readonly version: string;
  readonly endpoints: readonly Endpoint[];
  readonly examples: Examples;
}

export function documentOf({ service, version, endpoints, examples }: Described): Part {
  const paths: Record<string, Record<string, Part>> = {};
  for (const endpoint of endpoints) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operationOf(endpoint, examples[endpoint.name]) };
  }
  const audiences = new Set(endpoints.map(audienceOf));
  return {
    openapi: '3.1.0',
    info: {
      title: TITLES[service],
      version,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: service === 'pay' ? [{ url: '/' }, { url: '/api/v1' }] : [{ url: '/' }],
    tags: [...audiences].map((audience) => AUDIENCES[audience]),
    paths,
    components: {
      securitySchemes: schemesOf(service, endpoints),
      schemas: { Failure: failureSchema(service) },
      headers: HEADERS,
    },
  };
}

const text = (description: string) => ({ description, schema: { type: 'string' } });

const HEADERS = {
  'Request-Id': text('In every answer and in the log.'),
  'RateLimit-Policy': text('`"default";q={requests};w={seconds}`'),
  RateLimit: text('`"default";r={requests left};t={seconds until all are back}`'),
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 1 } },
};

function operationOf(endpoint: Endpoint, examples: readonly Example[] = []): Part {
  const input = schemaOf(endpoint.input, endpoint.name, []);
  const isQuery = hasQuery(endpoint);
  const hasFields = Object.keys(input.properties ?? {}).length > 0;
  const parameters = [
    ...pathParameters(endpoint, examples),
    ...(isQuery ? queryParameters(input, examples) : []),
    ...headerParameters(endpoint),
  ];
  return {
    operationId: endpoint.name,
    summary: endpoint.summary,
    tags: [AUDIENCES[audienceOf(endpoint)].name],
    ...(endpoint.limit === undefined ? {} : { description: `Limit: ${limitInWords(endpoint.limit)}.` }),
    security: securityOf(endpoint),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(isQuery || !hasFields ? {} : { requestBody: bodyOf(input, examples) }),
    responses: { ...successOf(endpoint, examples), ...refusalsOf(endpoint, examples) },
  };
}

const named = (examples: readonly Example[], pick: (example: Example) => unknown): Part => {
  const values = examples.flatMap((example, index) => {
    const value = pick(example);
    return value === undefined ? [] : [[`example${index + 1}`, { summary: example.summary, value }] as const];
  });
  return values.length === 0 ? {} : { examples: Object.fromEntries(values) };
};

const pathParameters = ({ path }: Endpoint, examples: readonly Example[]): Part[] =>
  [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
    ...named(examples, ({ params }) => params?.[name]),
  }));

const queryParameters = ({ properties = {}, required = [] }: Schema, examples: readonly Example[]): Part[] =>
  Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    ...(required.includes(name) ? { required: true } : {}),
    ...(description === undefined ? {} : { description }),
    schema,
    ...named(examples, ({ query }) => query?.[name]),
  }));

const headerParameters = ({ headers = {} }: Endpoint): Part[] =>
  Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  }));

const bodyOf = (schema: Schema, examples: readonly Example[]): Part => ({
  ...((schema.required ?? []).length > 0 || schema.allOf !== undefined ? { required: true } : {}),
  content: { 'application/json': { schema, ...named(examples, ({ body }) => body) } },
});

const reference = (kind: string, name: string): Part => ({ $ref: `#/components/${kind}/${name}` });

const answerHeaders = (endpoint: Endpoint): Part => ({
  'Request-Id': reference('headers', 'Request-Id'),
  ...(endpoint.limit === undefined
    ? {}
    : {
        'RateLimit-Policy': reference('headers', 'RateLimit-Policy'),
        RateLimit: reference('headers', 'RateLimit'),
      }),
});

const answerWith =
  (endpoint: Endpoint, wanted: number) =>
  ({ status = endpoint.status, answer }: Example): object | undefined =>
    status === wanted ? answer : undefined;

function successOf(endpoint: Endpoint, examples: readonly Example[]): Part {
  return {
    [endpoint.status]: {
      description: 'Success.',
      headers: answerHeaders(endpoint),
      content: {
        'application/json': {
          schema: answerSchema(endpoint.output),
          ...named(examples, answerWith(endpoint, endpoint.status)),
        },
      },
    },
  };
}

function refusalsOf(endpoint: Endpoint, examples: readonly Example[]): Part {
  const refusals = [...failuresOf(endpoint)].map(([status, codes]) => {
    const schema = {
      allOf: [reference('schemas', 'Failure'), { properties: { errorCode: { enum: codes } } }],
    };
    return [
      String(status),
      {
        description: codes.map((code) => `\`${code}\`: ${ERRORS[code].message}.`).join(' '),
        headers: {
          ...answerHeaders(endpoint),
          ...(status === 429 || status === 503 ? { 'Retry-After': reference('headers', 'Retry-After') } : {}),
        },
        content: { 'application/json': { schema, ...named(examples, answerWith(endpoint, status)) } },
      },
    ] as const;
  });
  return Object.fromEntries(refusals);
}
