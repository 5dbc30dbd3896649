// `GET /health` and `GET /ready` of every program (contract 14.4).
import type { Service } from '@ozura/core/errors';
import { record } from '@ozura/core/validation';
import { Type } from 'typebox';
import { endpoint } from './endpoint.ts';

const health = {
  name: 'health',
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
  path: '/ready',
  output: Type.Object({ status: Type.String() }),
} as const;

export const healthOf = (service: Service) => endpoint({ ...health, service });
/** Its 503 carries `checks`, by name. */
export const readyOf = (service: Service) => endpoint({ ...ready, service });
