// Who is calling (contract 0.2). Every route says which of these it serves.
import type { Application } from './store/applications.ts';
import type { SessionRow } from './store/sessions.ts';

export type ServiceName = 'checkout' | 'pay';

/** One of our own programs, acting for a merchant. */
export interface ServiceCaller {
  readonly kind: 'service';
  readonly service: ServiceName;
  readonly merchantId: string;
}

/** A merchant's server. */
export interface KeyCaller {
  readonly kind: 'key';
  readonly application: Application;
  readonly merchantId: string;
}

/** A customer's browser. */
export interface SessionCaller {
  readonly kind: 'session';
  readonly session: SessionRow;
  readonly merchantId: string;
}

export type Caller = ServiceCaller | KeyCaller | SessionCaller;

/** How the audit log names a caller. The hash of a session key is shortened: it need not be looked up by it. */
export function actorOf(caller: Caller): string {
  if (caller.kind === 'service') return `service:${caller.service}`;
  if (caller.kind === 'key') return `application:${caller.application.id}`;
  return `session:${caller.session.keyHash.slice(0, 16)}`;
}

/** Sessions that our own programs minted belong to the hosted page, whose frames are bound by their address. */
export const isMintedByService = ({ mintedBy }: Pick<SessionRow, 'mintedBy'>): boolean =>
  mintedBy.startsWith('service:');
