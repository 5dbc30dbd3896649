// What no processor offers: instructions for the next calls, the books, and settlement ahead of time.
import { parseStep, type Step } from '@ozura/core/sandbox-step';
import { list, oneOf, type Reader, readAll, record, required, withDefault } from '@ozura/core/validation';
import { readBody } from '@ozura/kit/http/read-body';
import type { FastifyInstance } from 'fastify';
import type { Frame } from './frame.ts';
import type { Operation } from './steps.ts';

const stepsMax = 100;

const step: Reader<Step> = (value, path, intake) =>
  (typeof value === 'string' ? parseStep(value) : undefined) ?? intake.fail(path, 'is not a step of contract 14.6');

const program = record({
  operation: withDefault(oneOf<Operation>('sale', 'refund', 'void', 'inquiry'), 'sale'),
  steps: required(list(step, 1, stepsMax)),
});

/** `cannot`: what a processor cannot do or say, and so its simulator is not told to. */
export function serveControl(app: FastifyInstance, { books, steps }: Frame, cannot: readonly Step['kind'][]): void {
  app.post('/control/steps', async (request, reply) => {
    const { operation, steps: planned } = readAll(program, readBody(request, true));
    const strange = planned.find(({ kind }) => cannot.includes(kind));
    if (strange !== undefined) return reply.code(400).send({ error: `steps: ${strange.kind} is not offered` });
    steps.plan(operation, planned);
    return { success: true };
  });
  app.delete('/control/steps', async () => {
    steps.clear();
    return { success: true };
  });
  app.post('/control/settlements', async () => {
    books.settle();
    return { success: true };
  });
  app.get('/control/journal', async (_request, reply) => {
    const numbers = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
    return reply
      .type('application/json')
      .serializer(String)
      .send(JSON.stringify({ entries: books.all }, numbers));
  });
}
