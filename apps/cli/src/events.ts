// `ozura events`: reads the feed of the sandbox merchant, has events delivered again (contract 14.1, 14.2), and has Pay
// offer again what Checkout lost by a restore.
import { listEvents } from '@ozura/contract/checkout/events';
import { listWebhookEndpoints, redeliverWebhooks } from '@ozura/contract/checkout/webhook-endpoints';
import type { OutputOf } from '@ozura/contract/endpoint';
import { offerEventsAgain } from '@ozura/contract/pay/admin/events';
import { CannotStart } from './cannot-start.ts';
import { type Development, inDevelopment } from './development.ts';
import { type Installation, operatorName, withInstallation } from './operator.ts';
import { asksForHelp, readWords, type Words } from './words.ts';

const usage = `Usage:
  ozura events list                  the last twenty events
    --limit N                        the last N
    --after ID                       those after an event, named by its id or sequence
    --types session.completed,…      of these types only
  ozura events resend ID             delivers an event again, to every endpoint that is enabled
    --endpoint ID                    to this one only
  ozura events offer --since TIME    after Checkout was brought back to its state of TIME: Pay offers it the events again
                                     that it has collected since; those that it still has stay as they are
    --by NAME                        who does it, for the audit log`;

type Event = OutputOf<typeof listEvents>['data'][number];

const OPTIONS = ['limit', 'after', 'types', 'endpoint', 'since', 'by'];
const shownDefault = 20;
const pageSize = '100';

export async function readEvents(args: readonly string[]): Promise<void> {
  if (args.length === 0 || asksForHelp(args)) return console.log(usage);
  const words = readWords(args, { positions: [], options: OPTIONS, more: true }, usage);
  const [what, eventId, ...more] = words.positions;
  if (what === 'list' && eventId === undefined) return inDevelopment((development) => list(development, words));
  if (what === 'resend' && eventId !== undefined && more.length === 0) {
    return inDevelopment((development) => resend(development, eventId, words.text('endpoint')));
  }
  if (what === 'offer' && eventId === undefined) {
    return withInstallation((installation) => offer(installation, words), operatorName(words));
  }
  throw new CannotStart(usage);
}

/** Of weeks: all of it is one statement. */
const offerTimeoutMs = 60_000;

async function offer({ call }: Installation, words: Words): Promise<void> {
  const body = { since: words.needed('since'), by: operatorName(words) };
  const { data } = await call(offerEventsAgain, { body, timeoutMs: offerTimeoutMs });
  console.log(`Checkout collects ${data.offered} ${data.offered === 1 ? 'event' : 'events'} again`);
}

async function list(development: Development, words: Words): Promise<void> {
  const [limit, after, types] = [words.text('limit'), words.text('after'), words.text('types')];
  const shown = limit === undefined ? shownDefault : Number(limit);
  if (!Number.isInteger(shown) || shown < 1) throw new CannotStart('--limit: must be a number of events');
  const query = { ...(types === undefined ? {} : { types }), ...(after === undefined ? {} : { after }) };
  const events: Event[] = [];
  for await (const event of eventsAfter(development, query)) {
    events.push(event);
    if (after !== undefined && events.length === shown) break;
  }
  for (const event of events.slice(-shown)) console.log(lineOf(event));
}

/** To the end of the feed. */
export async function* eventsAfter({ call }: Development, query: Readonly<Record<string, string>>) {
  let position = query;
  for (;;) {
    const { data, hasMore, nextAfter } = await call(listEvents, { query: { ...position, limit: pageSize } });
    yield* data;
    if (!hasMore) return;
    position = { ...query, after: nextAfter };
  }
}

const lineOf = ({ sequence, timestamp, type, id }: Event): string =>
  `${String(sequence).padStart(6)}  ${timestamp}  ${type.padEnd(26)}  ${id}`;

async function resend({ call }: Development, eventId: string, endpointId: string | undefined): Promise<void> {
  const { data } = await call(listWebhookEndpoints);
  const endpoints =
    endpointId === undefined ? data.filter(({ status }) => status === 'enabled').map(({ id }) => id) : [endpointId];
  if (endpoints.length === 0) throw new CannotStart('no endpoint is enabled: `ozura listen` opens one');
  for (const id of endpoints) {
    await call(redeliverWebhooks, { params: { endpointId: id }, body: { eventId } });
    console.log(`${eventId} goes to ${data.find((endpoint) => endpoint.id === id)?.url ?? id} again`);
  }
}
