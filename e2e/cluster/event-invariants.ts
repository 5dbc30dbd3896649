// What must hold of everything that is told and logged: the feed, the webhooks, the Vault's audit log (contract 12.7, 13.2).
import { type Database, sql } from '@ozura/kit/db/handle';
import type { Received } from '../receiver.ts';
import type { Books, Check } from './books.ts';
import type { Urls } from './programs.ts';

export async function feedHasNoGaps({ checkout, pay }: Books): Promise<Check> {
  const rows = await checkout.all<{ id: string; sequence: number }>(
    sql`SELECT id, sequence FROM events WHERE sequence > 0 ORDER BY sequence`,
  );
  const ids = new Set(rows.map(({ id }) => id));
  const written = await pay.all<{ event_id: string }>(sql`SELECT event_id FROM outbox`);
  const gap = rows.findIndex(({ sequence }, index) => sequence !== index + 1);
  const problems = [
    ...(gap < 0 ? [] : [`after number ${gap} comes ${rows[gap]?.sequence}`]),
    ...written.filter(({ event_id: id }) => !ids.has(id)).map(({ event_id: id }) => `${id} of Pay is not in the feed`),
  ];
  return { rule: 'the feed has every event, without gaps', counted: `${rows.length} events`, problems };
}

/** 12.7, 10. */
export async function everyEndIsTold(checkout: Database): Promise<Check> {
  const rows = await checkout.all<{ id: string; status: string; told: number }>(sql`
    SELECT id, status, (SELECT count(*) FROM events WHERE subject = sessions.id
      AND type = 'session.' || sessions.status) AS told FROM sessions WHERE status <> 'pending'`);
  const problems = rows
    .filter(({ told }) => told !== 1)
    .map(({ id, status, told }) => `${id} is ${status}, which was told ${told} times`);
  return { rule: 'each end of a session has one event', counted: `${rows.length} ended`, problems };
}

/** Each at least once, and of one object in their order. */
export async function webhooksArrived({ checkout }: Books, received: readonly Received[]): Promise<Check> {
  const wanted = await checkout.all<{ event_id: string; object: string; sequence: number }>(
    sql`SELECT event_id, object, sequence FROM webhook_deliveries ORDER BY sequence`,
  );
  const first = new Map<string, number>();
  for (const [index, { event }] of received.entries()) if (!first.has(event.id)) first.set(event.id, index);
  const problems: string[] = [];
  const lastOf = new Map<string, number>();
  for (const { event_id: id, object } of wanted) {
    const at = first.get(id);
    if (at === undefined) problems.push(`${id} never arrived`);
    else if (at < (lastOf.get(object) ?? 0)) problems.push(`${id} of ${object} overtook the one before it`);
    lastOf.set(object, at ?? lastOf.get(object) ?? 0);
  }
  const counted = `${wanted.length} events, ${received.length} deliveries`;
  return { rule: 'every webhook arrived, in the order of its object', counted, problems };
}

/** Read by the Vault itself, which has the key of the chain. */
export async function auditLogIsWhole({ vaultUrl }: Urls, adminToken: string): Promise<Check> {
  const answer = await fetch(`${vaultUrl}/audit/verify`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: '{}',
  });
  const { data } = (await answer.json()) as { data?: { records: number; damage?: { kind: string; sequence: number } } };
  const { records = 0, damage } = data ?? {};
  const problems = [
    ...(answer.ok ? [] : [`the Vault answers ${answer.status}`]),
    ...(damage === undefined ? [] : [`record ${damage.sequence}: ${damage.kind}`]),
  ];
  return { rule: "the Vault's log of uses of cards is whole", counted: `${records} records`, problems };
}
