// Each statement text is parsed once on a connection and named there; planning it costs the server more than most of our
// statements do.
import { hash } from 'node:crypto';
import pg from 'pg';
import type { Cell, Row, Statement } from './handle.ts';
import { onClient, writeTogether } from './postgres-client.ts';

export type Sender = (
  client: pg.Pool | pg.PoolClient,
  statement: Pick<Statement, 'text' | 'values'>,
) => Promise<pg.QueryResult<Row>>;

/** Texts are those of the store functions, so that there are few; a filter of a list makes some more. */
const namesMax = 500;

/** SQLSTATE of a name that the connection does not know, or knows already: somebody in between shares connections. */
const [NAME_UNKNOWN, NAME_TAKEN] = ['26000', '42P05'];

/** Of the text alone: where a pooler shares connections, what another process has named so is the same statement. */
const nameFor = (text: string, generation: number): string =>
  `s${generation}_${hash('sha256', text).slice(0, nameDigits)}`;
const nameDigits = 32;

/** A table has other columns than when the statement was parsed: a newer version has migrated it. */
const isOutdated = ({ code, message }: pg.DatabaseError): boolean =>
  code === '0A000' && message.includes('cached plan must not change result type');

export function openStatements(): Sender {
  const names = new Map<string, string>();
  let generation = 0;
  let namesMayBeUsed = true;
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text);
    if (known !== undefined || !namesMayBeUsed || names.size >= namesMax) return known;
    const name = nameFor(text, generation);
    names.set(text, name);
    return name;
  };
  /** New names: the old ones stay what they are on the connections that know them. */
  const forget = (): void => {
    names.clear();
    generation += 1;
  };
  return async (client, { text, values }) => {
    const name = nameOf(text);
    if (!(client instanceof pg.Pool)) writeTogether(client);
    const sent = { text, values: values.map((value) => (value ?? null) as Cell) };
    try {
      return await client.query<Row>(name === undefined ? sent : { ...sent, name });
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error;
      const isAlone = client instanceof pg.Pool;
      // Behind another statement that fails its own name may just not have arrived.
      const areNamesLost = error.code === NAME_TAKEN || (isAlone && error.code === NAME_UNKNOWN);
      if (areNamesLost) namesMayBeUsed = false;
      if (!areNamesLost && !isOutdated(error)) throw error;
      forget();
      // It was refused before it began. A transaction has ended with it; the next one fares better.
      if (!isAlone) throw error;
      return client.query<Row>(sent);
    }
  };
}

/** Of a statement that commits by itself: `undefined` when the server has refused it for certain, so that nothing is written. */
export const sendUnlessRefused = (
  pool: pg.Pool,
  send: Sender,
  statement: Pick<Statement, 'text' | 'values'>,
): Promise<pg.QueryResult<Row> | undefined> =>
  onClient(pool, async (client) => {
    try {
      return await send(client, statement);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error;
      // Refused by a server that goes on to answer; one that ends may have ended after the commit.
      await client.query('SELECT');
      return undefined;
    }
  });
