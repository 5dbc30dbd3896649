// The sandbox's raw response codes, in the numbering that card networks use.
import { meaningOf } from '@ozura/core/attempt-decline';

/** A code that no table knows looks like a plain decline. */
export function rawCodeOf(declineCode: string): { readonly processorCode: string; readonly message: string } {
  const [processorCode = '05'] = meaningOf(declineCode).networkCodes;
  return { processorCode, message: declineCode.replaceAll('_', ' ').toUpperCase() };
}
