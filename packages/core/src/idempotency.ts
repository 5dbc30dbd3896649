// How long a call is known again by its idempotency key (contract 0.8).

export const keysKeptMs = 31 * 24 * 60 * 60_000;
