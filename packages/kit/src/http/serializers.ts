// Answers become text by the output schemas of their endpoints: what a schema does not name is left out.
import fastJson from '@fastify/fast-json-stringify-compiler';

const compilerOf = fastJson.SerializerSelector();

type SerializerFactory = typeof compilerOf;

/** Each is made for the first answer that needs it: making all of them was a seventh of a start. */
const buildSerializer: SerializerFactory = (schemas, options) => {
  const compile = compilerOf(schemas, options);
  return (route) => {
    let write: ReturnType<typeof compile> | undefined;
    return (body) => {
      write ??= compile(route);
      return write(body);
    };
  };
};

/** Requests are read by our own readers (decision 0003); Fastify's validator is not even loaded. */
const buildValidator = () => () => {
  throw new Error('requests are not validated by schemas');
};

export const schemaController = { compilersFactory: { buildSerializer, buildValidator } };
