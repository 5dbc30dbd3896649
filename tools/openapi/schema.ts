// From a reader to the JSON Schema of what it accepts.
import type { Endpoint } from '@ozura/contract/endpoint';
import type { Accepts, Field, Reader, Shape } from '@ozura/core/validation';

export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly deprecated?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly [keyword: string]: unknown;
}

/** What is asked for, or what is deleted, stands in the query. */
export const hasQuery = ({ method }: Pick<Endpoint, 'method'>): boolean => method === 'GET' || method === 'DELETE';

/** `undescribed` collects the paths of readers that do not say what they accept. */
export function schemaOf(reader: Reader<unknown>, path: string, undescribed: string[]): Schema {
  const { accepts } = reader;
  if (accepts !== undefined) return schemaFrom(accepts, path, undescribed);
  undescribed.push(path);
  return {};
}

function schemaFrom(accepts: Accepts, path: string, undescribed: string[]): Schema {
  if ('schema' in accepts) return accepts.schema;
  if ('length' in accepts) return { type: 'string', minLength: accepts.length[0], maxLength: accepts.length[1] };
  if ('text' in accepts) return { type: 'string', description: accepts.text };
  if ('as' in accepts) return schemaOf(accepts.as(), path, undescribed);
  if ('all' in accepts) return merged(accepts.all.map((part) => schemaOf(part, path, undescribed)));
  if ('list' in accepts) {
    const items = schemaOf(accepts.list, `${path}[]`, undescribed);
    return { type: 'array', items, minItems: accepts.min, maxItems: accepts.max };
  }
  return recordSchema(accepts.shape, accepts.about ?? {}, (name, read) =>
    schemaOf(read, `${path}.${name}`, undescribed),
  );
}

function merged(parts: readonly Schema[]): Schema {
  const required = parts.flatMap((part) => part.required ?? []);
  const anyOf = parts.flatMap((part) => (part.allOf ?? []) as Schema[]);
  return {
    type: 'object',
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
    ...(required.length === 0 ? {} : { required }),
    ...(anyOf.length === 0 ? {} : { allOf: anyOf }),
  };
}

type Describe = (name: string, read: Reader<unknown>) => Schema;

function recordSchema(shape: Shape, about: Readonly<Record<string, string | undefined>>, describe: Describe): Schema {
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  const either: Schema[] = [];
  for (const [name, field] of Object.entries(shape)) {
    const schema = fieldSchema(field, describe(name, field.read), about[name]);
    properties[name] = schema;
    for (const alias of field.aliases) properties[alias] = { ...schema, description: `Alias of \`${name}\`.` };
    if (!field.needed || field.fallback !== undefined || field.readsAbsent) continue;
    if (field.aliases.length === 0) required.push(name);
    else either.push({ anyOf: [name, ...field.aliases].map((one) => ({ required: [one] })) });
  }
  return {
    type: 'object',
    properties,
    ...(required.length === 0 ? {} : { required }),
    ...(either.length === 0 ? {} : { allOf: either }),
  };
}

function fieldSchema(field: Field<unknown>, schema: Schema, about: string | undefined): Schema {
  const rule = schema.description === undefined ? [] : [`${schema.description}.`];
  const description = [...(about === undefined ? [] : [about]), ...rule].join(' Rule: ');
  return {
    ...schema,
    ...(description === '' ? {} : { description }),
    ...(isPlain(field.fallback) ? { default: field.fallback } : {}),
  };
}

/** A default as it would be written on the wire: domain values such as big integers are not. */
const isPlain = (value: unknown): boolean =>
  ['string', 'number', 'boolean'].includes(typeof value) ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

/** TypeBox's schema of an answer, as plain JSON. `nullable` is what the serialiser calls it. */
export function answerSchema(output: object): Schema {
  return JSON.parse(JSON.stringify(output), (_name, value: unknown) => {
    const { nullable, ...schema } = (value ?? {}) as { nullable?: boolean; type?: unknown };
    return nullable === true ? { ...schema, type: [schema.type, 'null'] } : value;
  }) as Schema;
}
