// The script of all pages without a form. On the "confirming" page it waits for the outcome.
import { awaitOutcome } from './outcome.ts';
import { preparePage, readFacts, type SessionFacts } from './page-facts.ts';

const facts = readFacts<Partial<SessionFacts>>();
preparePage(facts);
if (facts.sessionId !== undefined && facts.credential !== undefined) {
  void confirm({ sessionId: facts.sessionId, credential: facts.credential });
}

async function confirm(session: SessionFacts): Promise<void> {
  const outcome = await awaitOutcome(session);
  if (outcome.do === 'leave') location.replace(outcome.url);
  else location.reload();
}
