// Somebody with keys of his own and all that is another's: ids, tokens, handles, idempotency keys. He hears what is said of
// things that do not exist, and never anything of them, whatever fails meanwhile (contract 0.2, 0.5; 12.7, 8).
import type { Chance } from '../../simulation/world.ts';
import type { Answer } from './calls.ts';
import { type Intrusion, intrusionsOf, type Prey } from './intrusions.ts';
import type { Story } from './load.ts';
import type { Shop } from './shop.ts';

export interface Intruder {
  readonly story: Story;
  /** How often each intrusion was answered as it must be. */
  readonly answered: ReadonlyMap<string, number>;
  readonly problems: readonly string[];
}

export function openIntruder(victim: Shop): Intruder {
  const answered = new Map<string, number>();
  const problems: string[] = [];
  let turn = 0;
  return {
    answered,
    problems,
    async story(shop, chance) {
      const prey = preyOf(victim, shop, chance);
      if (prey === undefined) return;
      const intrusions = Object.entries(intrusionsOf(prey, shop));
      if (answered.size === 0) for (const [name] of intrusions) answered.set(name, 0);
      const [name, intrusion] = intrusions[turn % intrusions.length] as (typeof intrusions)[number];
      turn += 1;
      const said = await tryOnce(shop, chance, intrusion);
      if (said === intrusion.expected) answered.set(name, (answered.get(name) ?? 0) + 1);
      else if (said !== undefined) problems.push(`${name}: ${said}, not ${intrusion.expected}`);
    },
  };
}

/** Undefined while there is not one of each. */
function preyOf({ told, own, heard, receiver, merchantId }: Shop, by: Shop, chance: Chance): Prey | undefined {
  const sessionKey = lastOf(heard, 'a session key');
  const credential = lastOf(by.heard, 'a page credential');
  const lists = [told.sessions, told.sales, told.plans, own.cards, own.idempotencyKeys, own.links, receiver.received];
  if (sessionKey === undefined || credential === undefined || lists.some(({ length }) => length === 0))
    return undefined;
  return {
    merchantId,
    sessionId: chance.pick(told.sessions),
    transactionId: chance.pick(told.sales).transactionId,
    planId: chance.pick(told.plans),
    // The last ones are still in use.
    card: own.cards.at(-1) ?? chance.pick(own.cards),
    tokens: new Set(own.cards.map(({ token }) => token)),
    idempotencyKey: own.idempotencyKeys.at(-1) ?? '',
    linkId: chance.pick(own.links),
    endpointId: own.endpointId,
    eventId: chance.pick(receiver.received).event.id,
    sessionKey,
    credential,
  };
}

const lastOf = ({ secrets }: Shop['heard'], kind: string): string | undefined =>
  [...secrets].findLast(([, what]) => what === kind)?.[0];

/** What he was told; undefined when nobody had an answer to it. */
async function tryOnce(
  { calls }: Shop,
  chance: Chance,
  { url, request, said }: Intrusion,
): Promise<string | undefined> {
  // Whoever guesses keys is turned away by his address, and is not to be.
  const headers = { 'x-forwarded-for': `198.51.100.${chance.between(1, 250)}`, ...request.headers };
  const answer = await calls.send('of another merchant', url, { ...request, headers });
  const { status, body } = answer;
  const isUndecided = status === 0 || status >= 500;
  if (isUndecided && body.data == null) return undefined;
  return status === 200 && said !== undefined ? said(answer) : describe(answer);
}

/** A refusal has nothing else in it. */
function describe({ status, body }: Answer): string {
  const { errorCode, data } = body;
  if (errorCode === undefined || data != null) return `${status} ${JSON.stringify(body).slice(0, 300)}`;
  return `${status} ${errorCode}`;
}
