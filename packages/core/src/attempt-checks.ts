// Address and security code checks after an approval (contract 8.9). A refused one is undone and answered 402.

export type CheckRefusal = 'INVALID_CVV' | 'AVS_MISMATCH';

export interface ChecksVerdict {
  readonly refusal?: CheckRefusal;
  /** Accepted although nobody checked. */
  readonly flags: readonly ('avsUnavailable' | 'cvvUnavailable')[];
}

/** Street only, and neither street nor postal code. */
const AVS_REFUSED = new Set(['A', 'N']);
/** Both match, or the postal code does. */
const AVS_MATCHED = new Set(['Y', 'X', 'D', 'M', 'F', 'Z', 'W', 'P']);
/** No match, and "should be on the card". */
const CVV_REFUSED = new Set(['N', 'S']);

/** Letters outside the tables say that nothing was checked. */
export function judgeChecks({ avsResult, cvvResult }: { avsResult: string; cvvResult: string }): ChecksVerdict {
  const flags: ChecksVerdict['flags'][number][] = [];
  if (!AVS_MATCHED.has(avsResult) && !AVS_REFUSED.has(avsResult)) flags.push('avsUnavailable');
  if (cvvResult !== 'M' && !CVV_REFUSED.has(cvvResult)) flags.push('cvvUnavailable');
  if (CVV_REFUSED.has(cvvResult)) return { refusal: 'INVALID_CVV', flags };
  return AVS_REFUSED.has(avsResult) ? { refusal: 'AVS_MISMATCH', flags } : { flags };
}
