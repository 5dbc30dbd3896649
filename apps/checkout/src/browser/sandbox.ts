// The script of `/sandbox` (contract 14.6): asks once a second with the keys that a person has given it, shows what came
// of payments, and passes on what the person wants of the processor and of the clock.
import type { EventView } from '@ozura/contract/checkout/events';
import type { SandboxState } from '@ozura/contract/checkout/test-sandbox';
import { byId } from './page-facts.ts';
import { type Line, showLines } from './sandbox-lines.ts';

const everyMs = 1_000;
/** A walk of the clock takes as long as what falls due on it. */
const timeoutMs = 300_000;
const eventsShown = 30;
const entriesShown = 50;

const input = (id: string): HTMLInputElement => byId<HTMLInputElement>(id);

let keys: Readonly<Record<string, string>> = {};
/** Of the keys that are watched: an answer to others is not shown. */
let watch = 0;
let journal: SandboxState['journal'] = [];
let events: readonly EventView[] = [];
let feedAfter = '0';
/** Of the attempts at the last look; before the first there is nothing to compare with. */
let states: ReadonlyMap<string, string> | undefined;
let isUnanswered = false;

async function ask<Body>(method: string, path: string, body?: object): Promise<Body> {
  const response = await fetch(path, {
    method,
    headers: { ...keys, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
    credentials: 'omit',
    cache: 'no-store',
    signal: AbortSignal.timeout(timeoutMs),
  });
  const answer = (await response.json()) as Body & { readonly error?: string };
  // Nobody asks on with keys that are wrong: that would look like somebody who guesses them.
  if (response.status === 401 || response.status === 403) watch += 1;
  if (!response.ok) throw new Error(answer.error ?? `the answer was ${response.status}`);
  return answer;
}

const tell = (error: unknown): void => {
  const text = error instanceof Error ? error.message : String(error);
  if (byId('problem').textContent !== text) byId('problem').textContent = text;
};

async function readAll(): Promise<void> {
  const mine = watch;
  // From a little before the end: what is booked last still changes.
  const after = journal.at(-entriesShown)?.entryNumber;
  const { data } = await ask<{ readonly data: SandboxState }>(
    'GET',
    `/api/test/sandbox${after === undefined ? '' : `?after=${after}`}`,
  );
  const news = await readEvents();
  if (mine !== watch) return;
  journal = [...journal.filter(({ entryNumber }) => after !== undefined && entryNumber <= after), ...data.journal];
  journal = journal.slice(-2 * entriesShown);
  // Two looks at a time may have found the same.
  events = [...new Map([...events, ...news.found].map((event) => [event.id, event])).values()].slice(-eventsShown);
  feedAfter = news.nextAfter;
  byId('watched').hidden = false;
  show(data);
}

/** A page of the feed, each second another until the end is reached. */
async function readEvents(): Promise<{ readonly found: readonly EventView[]; readonly nextAfter: string }> {
  const answer = await ask<{ readonly data: readonly EventView[]; readonly nextAfter: string }>(
    'GET',
    `/api/events?limit=100&after=${feedAfter}`,
  );
  return { found: answer.data, nextAfter: answer.nextAfter };
}

function show({ clock, sessions, attempts, programs }: SandboxState): void {
  byId('time').textContent = `${clock.now}${clock.frozen ? ', stopped' : ''}`;
  showLines('programs', programs.map(programLine), 'No programs: each card does what its number says.');
  showLines('sessions', sessions.map(sessionLine), 'No sessions yet.');
  showLines('attempts', attempts.map(attemptLine), 'Nobody has paid yet.');
  showLines('journal', journal.slice(-entriesShown).reverse().map(entryLine), 'Nothing is booked.');
  showLines('events', [...events].reverse().map(eventLine), 'No events yet.');
  announce(attempts);
}

const whom = (match: object): string => {
  const named = Object.entries(match).map(([name, value]) => `${name} ${value}`);
  return named.length === 0 ? 'every call' : named.join(', ');
};

const programLine = ({ match, steps, stepsTaken }: SandboxState['programs'][number]): Line => [
  steps.join(', then '),
  `${whom(match)}; ${stepsTaken} taken`,
];
const sessionLine = (one: SandboxState['sessions'][number]): Line => [
  [one.status, one.paymentState, one.errorCode].filter(Boolean).join(', '),
  `${one.amount} ${one.currency}, ${one.sessionId}`,
  one.createdAt,
];
const attemptLine = ({
  state,
  amount,
  currency,
  attemptId,
  chargeId,
  createdAt,
}: SandboxState['attempts'][number]): Line => [state, `${amount} ${currency}, ${attemptId ?? chargeId}`, createdAt];
const entryLine = (entry: SandboxState['journal'][number]): Line => [
  [entry.kind, entry.status, entry.declineCode, entry.voided && 'voided', entry.settled && 'settled']
    .filter(Boolean)
    .join(', '),
  `${entry.amount} ${entry.currency}, ${entry.reference}`,
  entry.bookedAt,
];
const eventLine = ({ type, id, timestamp }: EventView): Line => [type, id, timestamp];

/** For whoever does not see the lists: what has changed since the last look. */
function announce(attempts: SandboxState['attempts']): void {
  const now = new Map(attempts.map(({ chargeId, state }) => [chargeId, state]));
  const before = states ?? now;
  const changed = attempts.filter(({ chargeId, state }) => before.get(chargeId) !== state);
  states = now;
  const text = changed.map(({ state, amount, currency }) => `The attempt over ${amount} ${currency} is ${state}.`);
  if (text.length > 0) byId('news').textContent = text.join(' ');
}

/** What it could not do is told until it can; what a person could not do stays until they do something else. */
async function look(): Promise<void> {
  try {
    await readAll();
    if (isUnanswered) byId('problem').textContent = '';
    isUnanswered = false;
  } catch (error) {
    isUnanswered = true;
    tell(error);
  }
}

async function follow(): Promise<void> {
  const mine = watch;
  while (mine === watch) {
    if (!document.hidden) await look();
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

async function act(said: string, work: () => Promise<unknown>): Promise<void> {
  byId('problem').textContent = '';
  byId('news').textContent = 'One moment …';
  try {
    await work();
    await readAll();
    byId('news').textContent = said;
  } catch (error) {
    byId('news').textContent = '';
    tell(error);
  }
}

function onSubmit(id: string, work: () => void): void {
  byId(id).addEventListener('submit', (event) => {
    event.preventDefault();
    work();
  });
}
const onClick = (id: string, work: () => Promise<void>): void => byId(id).addEventListener('click', work);
const numberOf = (text: string): number | string => (/^[0-9]+$/.test(text) ? Number(text) : text);

onSubmit('keys', () => {
  keys = { 'X-OZURA-API-KEY': input('merchant-key').value.trim(), 'X-API-KEY': input('vault-key').value.trim() };
  watch += 1;
  [journal, events, feedAfter, states] = [[], [], '0', undefined];
  byId('problem').textContent = '';
  byId('watched').hidden = true;
  void follow();
});
onSubmit('program', () => {
  const steps = input('steps')
    .value.split(/[\s,]+/)
    .filter(Boolean);
  const cardLastFour = input('card').value.trim();
  const match = cardLastFour === '' ? {} : { cardLastFour };
  void act('Set.', () => ask('POST', '/api/test/sandbox/programs', { steps, match }));
});
onSubmit('clock', () => {
  const seconds = numberOf(input('seconds').value.trim());
  void act('The clock has moved.', () => ask('POST', '/api/test/clock/advance', { seconds }));
});
onClick('forget', () => act('Forgotten.', () => ask('DELETE', '/api/test/sandbox/programs')));
onClick('freeze', () =>
  act('The clock stands still.', async () => {
    const { data } = await ask<{ readonly data: { readonly now: string } }>('GET', '/api/test/clock');
    await ask('POST', '/api/test/clock', { frozenAt: data.now });
  }),
);
onClick('reset', () => act('Real time.', () => ask('DELETE', '/api/test/clock')));
onClick('settle', () => act('Settled.', () => ask('POST', '/api/test/sandbox/settlements', {})));
