// Days and times as clients write them (contract 0.7).

/** Whether a day such as `2026-03-04` exists. The parser carries 30 February over into March. */
export function isDay(written: string): boolean {
  const ms = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(written) ? Date.parse(`${written}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(written);
}

const ISO = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})$/;

/** Of an ISO 8601 time that names its zone, in milliseconds; `NaN` of anything else. */
export const isoTimeMs = (written: string): number =>
  ISO.test(written) && isDay(written.slice(0, 'YYYY-MM-DD'.length)) ? Date.parse(written) : Number.NaN;
