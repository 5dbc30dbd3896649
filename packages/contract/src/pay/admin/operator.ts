// Fields that every change by an operator has in common.

import { cardless } from '@ozura/core/cardless';
import type { ErrorCode } from '@ozura/core/errors';
import { type Reader, record, required, text } from '@ozura/core/validation';

/** Who does it: the name stands in the audit log for good. */
export const by = required(cardless(text(1, 100)));

/** A change that needs nothing but a name. */
export const operatorOnly: Reader<{ readonly by: string }> = record({ by });

export const byAdmin = { service: 'pay', auth: ['admin'], status: 200 } as const;

export const adminErrors = [
  'VALIDATION_FAILED',
  'MISSING_CREDENTIALS',
  'INVALID_CREDENTIALS',
  'NOT_FOUND',
  'RATE_LIMITED',
  'INTERNAL_ERROR',
] as const satisfies readonly ErrorCode[];
