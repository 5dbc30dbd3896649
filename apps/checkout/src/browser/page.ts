// The script of all pages without a form. On the "confirming" page it waits for the outcome.
import { leaveByLink, openEmbedding } from './embedding.ts';
import { awaitOutcome } from './outcome.ts';
import { type NoticeFacts, preparePage, readFacts, type SessionFacts } from './page-facts.ts';

const { sessionId, credential, opened, pressed, ...facts } = readFacts<Partial<SessionFacts> & NoticeFacts>();
preparePage(facts);
const embedding = openEmbedding(facts.embedding);
if (opened?.url !== undefined) embedding.leave({ url: opened.url, event: opened.event });
else if (opened !== undefined) embedding.tell(opened.event);
if (pressed !== undefined) leaveByLink(embedding, pressed);
if (sessionId !== undefined && credential !== undefined) void confirm({ sessionId, credential });

async function confirm(session: SessionFacts): Promise<void> {
  const outcome = await awaitOutcome(session);
  if (outcome.do === 'leave') embedding.leave(outcome.departure);
  else location.reload();
}
