// The answers of the page routes (contract 1.4), in one shape for success and failure.

/** Body of an answer; which members are there depends on route and status. */
export interface PageAnswer {
  readonly status: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly errorCode?: string;
  /** The texts of validation failures, when there are any. */
  readonly failures: readonly string[];
  readonly redirectUrl?: string;
  readonly attemptsLeft?: number;
}

/** Of a failure the further members stand beside `errorCode`, of a success inside `data`. */
export function readAnswer(status: number, body: unknown): PageAnswer {
  const all = members(body);
  const data = all.success === true ? members(all.data) : all;
  const { redirectUrl, attemptsLeft } = data;
  const failures = Array.isArray(all.details) ? all.details.filter(isText) : [all.error].filter(isText);
  return {
    status,
    data,
    failures,
    ...(isText(all.errorCode) ? { errorCode: all.errorCode } : {}),
    ...(isText(redirectUrl) ? { redirectUrl } : {}),
    ...(typeof attemptsLeft === 'number' ? { attemptsLeft } : {}),
  };
}

const members = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const isText = (value: unknown): value is string => typeof value === 'string';
