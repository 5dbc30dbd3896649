// A session moves in one commit with the event that tells of it. Time is a move too: it is made when somebody looks.
import type { SessionView } from '@ozura/contract/checkout/session-view';
import { isSessionId, newEventId } from '@ozura/core/ids';
import { expire, type SessionState } from '@ozura/core/session';
import type { Handle } from '@ozura/kit/db/handle';
import type { CheckoutContext } from './context.ts';
import type { PaidSale } from './paid-sale.ts';
import { sessionView } from './session-answer.ts';
import { insertEvent } from './store/events.ts';
import { findSession, moveSession, type Session } from './store/sessions.ts';

const triesMax = 10;

/** Somebody else moved first. The transaction is given up, and the work starts again from what is true now. */
export class Overtaken extends Error {}

/** Runs `work` in a transaction of its own until nobody gets in between. */
export async function moving<T>({ db }: CheckoutContext, work: (tx: Handle, nowMs: number) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.transact(async (tx) => work(tx, await tx.now()));
    } catch (error) {
      if (!(error instanceof Overtaken) || tries === triesMax) throw error;
    }
  }
}

/** Answers the session in its new state. A state that is not new is not written. */
export async function applyMove(
  { random }: CheckoutContext,
  tx: Handle,
  session: Session,
  to: { readonly state: SessionState; readonly payment?: PaidSale },
): Promise<Session> {
  const { state, payment } = to;
  if (state === session.state) return session;
  if ((await moveSession(tx, session, state, payment)) === 0) throw new Overtaken();
  const moved: Session = {
    ...session,
    state,
    ...(state.status === 'pending' ? { expiresAtMs: state.expiresAtMs, extensions: state.extensions } : {}),
    revision: session.revision + 1,
    ...(payment === undefined ? {} : { payment }),
  };
  if (state.status === 'pending') return moved;
  await insertEvent(tx, {
    id: newEventId(random),
    merchantId: session.request.merchantId,
    subject: session.id,
    type: `session.${state.status}`,
    body: {
      session: toldView(moved),
      ...(state.errorCode === undefined ? {} : { errorCode: state.errorCode }),
    },
    atMs: state.endedAtMs,
  });
  return moved;
}

/** A webhook's body stays below 20 KB (contract 14.1): 10 KB of it are the merchant's metadata. */
const appearanceMaxBytes = 6_000;

/** Without who paid; a look that would take too much room is left out. */
function toldView(session: Session): SessionView {
  const view = sessionView(session);
  return Buffer.byteLength(JSON.stringify(view.appearance)) > appearanceMaxBytes ? { ...view, appearance: {} } : view;
}

/** The session as it is now: one whose time is up is expired, whether or not a job came by. */
export async function loadSession(context: CheckoutContext, id: string): Promise<Session | undefined> {
  const session = isSessionId(id) ? await findSession(context.db, id) : undefined;
  return session === undefined || (await isCurrent(context, session)) ? session : expireSession(context, id);
}

/** The same of a session that is known in part. */
export async function stateNow(context: CheckoutContext, known: Pick<Session, 'id' | 'state'>): Promise<SessionState> {
  if (await isCurrent(context, known)) return known.state;
  return (await expireSession(context, known.id))?.state ?? known.state;
}

const isCurrent = async ({ db }: CheckoutContext, { state }: Pick<Session, 'state'>): Promise<boolean> =>
  expire(state, await db.now()) === state;

export const expireSession = (context: CheckoutContext, id: string): Promise<Session | undefined> =>
  moving(context, async (tx, nowMs) => {
    const session = await findSession(tx, id);
    return session && applyMove(context, tx, session, { state: expire(session.state, nowMs) });
  });
