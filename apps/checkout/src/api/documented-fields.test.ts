// Every row of the request tables of the public documentation, through HTTP: what is sent is shown, what is not sent has
// its default, and what is wrong is refused by name.
import { DOCUMENTED_HEADERS, type DocumentedTable } from '@ozura/e2e/documented';
import { DOCUMENTED_FIELDS } from '@ozura/e2e/documented-fields';
import { keysOf, sessionFields } from '@ozura/e2e/merchant';
import { type System, startSystem } from '@ozura/e2e/system';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.stop());

interface Body {
  readonly success: boolean;
  readonly error?: string;
  readonly errorCode?: string;
  readonly cached?: true;
  readonly warnings?: readonly string[];
  readonly data: {
    readonly sessionId?: string;
    readonly paymentLinkId?: string;
    readonly session?: object;
    readonly items?: readonly unknown[];
    readonly paymentLink?: object;
  };
}

const PATHS: Readonly<Record<DocumentedTable, string>> = {
  'create session': '/api/sessions/create',
  'create payment link': '/api/payment-links/create',
};

type Fields = Readonly<Record<string, unknown>>;

async function create(table: DocumentedTable, fields: Fields, headers: Record<string, string> = keysOf(system.dev)) {
  const body = JSON.stringify(sessionFields(system.dev, fields));
  const answer = await fetch(system.dev.checkoutUrl + PATHS[table], { method: 'POST', headers, body });
  return { status: answer.status, body: (await answer.json()) as Body };
}

/** As its merchant reads it. */
async function shown({ sessionId, paymentLinkId }: Body['data']): Promise<object> {
  const path = sessionId === undefined ? `/api/payment-links/${paymentLinkId}` : `/api/sessions/${sessionId}`;
  const answer = await fetch(system.dev.checkoutUrl + path, { headers: keysOf(system.dev) });
  const { session, items, paymentLink } = ((await answer.json()) as Body).data;
  return paymentLink ?? { ...session, items };
}

describe.each(Object.keys(PATHS) as DocumentedTable[])('%s', (table) => {
  const rows = DOCUMENTED_FIELDS.filter(({ tables }) => tables.includes(table));

  test.each(rows)('$name', async ({ sent = {}, refused, warning, replays, ...row }) => {
    const first = await create(table, sent);
    expect([first.status, first.body.error]).toEqual([200, undefined]);
    expect(first.body.warnings).toEqual(warning === undefined ? undefined : [warning]);
    if (row.shown !== undefined) expect(await shown(first.body.data)).toMatchObject(row.shown);
    if (row.shownByDefault !== undefined) {
      expect(await shown((await create(table, {})).body.data)).toMatchObject(row.shownByDefault);
    }
    for (const [change, failure] of refused) {
      const { status, body } = await create(table, change);
      expect([status, body.errorCode, body.error]).toEqual([400, 'VALIDATION_FAILED', failure]);
    }
    const again = await create(table, sent);
    expect(again.body.cached).toBe(replays);
    if (replays) expect(again.body.data).toEqual(first.body.data);
  });

  test.each(DOCUMENTED_HEADERS)('$name', async ({ name, without }) => {
    const headers = { ...keysOf(system.dev), [name.toLowerCase()]: '' };
    const { status, body } = await create(table, {}, headers);
    expect([status, body.errorCode]).toEqual(without);
  });
});
