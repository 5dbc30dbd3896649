// The yardstick: a Fastify that parses the same body and answers the same bytes, and does nothing else.
import { fastify } from 'fastify';

const answer = JSON.parse(process.argv[2] ?? '{}');
const app = fastify();
app.post('/null', async () => answer);
app.get('/null', async () => answer);
console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
process.once('SIGTERM', () => void app.close());
