// Who changes something, and from where, as the audit log keeps it.
import type { Call } from '@ozura/kit/http/route';
import type { AuditEvent } from '../../audit.ts';

export const doneBy = (
  by: string,
  { ip, id }: Call<unknown, unknown>['request'],
): Pick<AuditEvent, 'actor' | 'address' | 'requestId'> => ({ actor: by, address: ip, requestId: id });
