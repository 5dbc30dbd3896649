// The yardstick: a Fastify that parses the same body and sends the same answer, and does nothing else.
import { fastify } from 'fastify';

const [text = '{}', status = '200', headers = '{}'] = process.argv.slice(2);
// What is not JSON is a redirect's empty body.
const answer: unknown = text === '' ? '' : JSON.parse(text);
const also = JSON.parse(headers) as Record<string, string>;
const app = fastify();
app.route({
  method: ['GET', 'POST'],
  url: '/*',
  handler: async (_request, reply) => {
    reply.code(Number(status)).headers(also);
    return answer;
  },
});
console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
process.once('SIGTERM', () => void app.close());
