// `GET /health` and `GET /ready` of every program (contract 14.4).
import type { Service } from '@ozura/core/errors';
import { record } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from './endpoint.ts';

const health = {
  name: 'health',
  summary: 'Says that the process lives.',
  method: 'GET',
  path: '/health',
  auth: ['none'],
  input: record({}),
  status: 200,
  output: Type.Object({ status: Type.String(), version: Type.String() }),
  errors: [],
} as const;

const ready = {
  ...health,
  name: 'ready',
  summary: 'Says that the program can work; else 503 and which check failed.',
  path: '/ready',
  output: Type.Object({ status: Type.String() }),
} as const;

export const healthOf = (service: Service) => endpoint({ ...health, service });
/** Its 503 carries `checks`, by name. */
export const readyOf = (service: Service) => endpoint({ ...ready, service });

/** `GET /openapi.json`. */
export const describesItself = (service: Service) =>
  endpoint({
    ...health,
    name: 'openapi',
    summary: 'This description.',
    path: '/openapi.json',
    service,
    output: Type.Unsafe<object>({ type: 'object', additionalProperties: true }),
  });
