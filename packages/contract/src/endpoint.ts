// One record per endpoint: what the servers check, what the client sends, what the description lists.
import type { ErrorCode, Service } from '@ozura/core/errors';
import type { Reader } from '@ozura/core/validation';
import type { Static, TSchema } from 'typebox';
import type { LimitName } from './limits.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Who may call (contract 0.2). `keys`: both secret keys of one merchant. */
export type Auth =
  | 'none'
  | 'keys'
  | 'merchant-key'
  | 'vault-key'
  | 'session-key'
  | 'pub-key'
  | 'page'
  | 'service'
  | 'admin';

export interface Endpoint<Input = unknown, Output extends TSchema = TSchema> {
  readonly name: string;
  /** What it does, in a sentence: the description of the API begins with it. */
  readonly summary: string;
  readonly service: Service;
  readonly method: Method;
  /** With `:name` parameters. Pay serves every path under `/api/v1` too. */
  readonly path: string;
  /** Any one of these opens it; what each of them adds is the handler's business. */
  readonly auth: readonly Auth[];
  /** Pages of any origin may read the answer, and it holds nothing that is not for everybody (contract 0.10). */
  readonly anyOrigin?: true;
  /** Asked all the time by a program of ours: no line in the log says that it was answered. */
  readonly quiet?: true;
  /** When it fails something may have been charged: no failure of it says that nothing was begun (contract 1.6). */
  readonly mayCharge?: true;
  readonly limit?: LimitName;
  /** Request headers beside the credentials, with what they are for. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default 16 KB. */
  readonly bodyMaxBytes?: number;
  /** Reads the body (of a GET the query) into the domain; untyped JSON never reaches a handler. */
  readonly input: Reader<Input>;
  /** Status of the plain answer. */
  readonly status: number;
  /** The only members a success body may carry, whatever the handler returns. */
  readonly output: Output;
  readonly errors: readonly ErrorCode[];
}

export const endpoint = <Input, Output extends TSchema>(definition: Endpoint<Input, Output>): Endpoint<Input, Output> =>
  definition;

export type InputOf<E> = E extends Endpoint<infer Input, TSchema> ? Input : never;

/** The success body. */
export type OutputOf<E> = E extends { readonly output: infer Output extends TSchema } ? Static<Output> : never;
