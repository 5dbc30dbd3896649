// Every route of the sandbox processor.
import { openServer } from '@ozura/kit/http/server';
import type { FastifyInstance } from 'fastify';
import { putClock } from './api/clock.ts';
import { getJournal, postSettlement } from './api/journal.ts';
import { getPrograms, postProgram, removePrograms } from './api/programs.ts';
import { postRefund } from './api/refunds.ts';
import { postSale } from './api/sales.ts';
import { getTransactions } from './api/transactions.ts';
import { postVoid } from './api/voids.ts';
import type { SandboxContext } from './context.ts';

export function openApp(context: SandboxContext): FastifyInstance {
  // It stands for somebody else's program: its routes are no endpoints of our contract, and it looks like Pay in failures.
  const app = openServer({ service: 'pay', context, https: false });
  app.post('/sales', postSale(context));
  app.post('/refunds', postRefund(context));
  app.post('/voids', postVoid(context));
  app.get('/transactions', getTransactions(context));
  // What no processor offers: instructions, the books, and settlement ahead of time.
  app.post('/programs', postProgram(context));
  app.get('/programs', getPrograms(context));
  app.delete('/programs', removePrograms(context));
  app.get('/journal', getJournal(context));
  app.post('/settlements', postSettlement(context));
  app.put('/clock', putClock(context));
  app.get('/health', async () => ({ status: 'ok' }));
  return app;
}
