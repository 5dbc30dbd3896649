// Refusals that the troubles of a simulation lead to, and that say nothing for good.

/** Nothing was written: the same call may be answered otherwise later. */
const COMES_BACK = new Set(['OVERLOADED', 'TAX_UNAVAILABLE', 'IDEMPOTENCY_KEY_IN_PROGRESS']);

export const comesBack = ({ errorCode }: { readonly errorCode: string | undefined }): boolean =>
  COMES_BACK.has(errorCode ?? '');
