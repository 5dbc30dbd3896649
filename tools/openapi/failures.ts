// What an endpoint may refuse: its own codes and those that its credentials, limits and body bring with them.
import type { Endpoint } from '@ozura/contract/endpoint';
import { ERRORS, type ErrorCode, errorAnswer } from '@ozura/core/errors';
import type { Schema } from './schema.ts';

const text = { type: 'string' } as const;

/** The failure body of a service (contract 0.3). */
export const failureSchema = (service: Endpoint['service']): Schema => {
  const sentence = service === 'vault' ? 'message' : 'error';
  return {
    type: 'object',
    properties: {
      success: { const: false },
      [sentence]: { ...text, description: 'A sentence for a person.' },
      ...(service === 'vault'
        ? { data: { type: 'null' } }
        : {
            details: { type: 'array', items: text, description: 'Two or more validation failures, `field: reason`.' },
          }),
      errorCode: { ...text, enum: Object.keys(ERRORS), description: 'Stable; see docs/errors.md.' },
      requestId: text,
    },
    required: ['success', sentence, 'errorCode', 'requestId'],
  };
};

/** Codes by status, in the order of the index of codes. */
export function failuresOf(endpoint: Endpoint): ReadonlyMap<number, readonly ErrorCode[]> {
  const codes = new Set<ErrorCode>([...endpoint.errors, ...implied(endpoint)]);
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    const { status } = errorAnswer(code, endpoint.service);
    if (codes.has(code) && status >= 400) byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return new Map([...byStatus].sort(([a], [b]) => a - b));
}

function implied({ auth, method, limit, service, mayCharge }: Endpoint): ErrorCode[] {
  const isOpen = auth.includes('none') && auth.length === 1;
  return [
    ...(isOpen || auth.includes('page') ? [] : (['MISSING_CREDENTIALS', 'INVALID_CREDENTIALS'] as const)),
    ...(isOpen && limit === undefined ? [] : (['RATE_LIMITED'] as const)),
    ...(method === 'GET'
      ? []
      : (['INVALID_JSON', 'SECRET_IN_BODY', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const)),
    ...(method === 'GET' || service === 'vault' ? [] : (['CARD_DATA_REFUSED'] as const)),
    'INTERNAL_ERROR',
    // The database cannot be used.
    ...(mayCharge === true || (isOpen && limit === undefined) ? [] : (['OVERLOADED'] as const)),
  ];
}
