// The session key of one vault and its renewal (contract 11.6).
import { OzError } from './oz-error.ts';

export interface SessionKeyOptions {
  readonly fetchKey: () => Promise<string>;
  /** `null`: never fetched ahead. */
  readonly limit: number | null;
  readonly onRefresh: () => void;
}

export class SessionKeys {
  readonly #options: SessionKeyOptions;
  #key = '';
  #used = 0;
  #renewal: Promise<string> | undefined;

  constructor(options: SessionKeyOptions) {
    this.#options = options;
  }

  async first(): Promise<void> {
    this.#key = await this.#fetch();
  }

  /** Waits for a renewal that is running; when that one failed, the old key may still be good. */
  async current(): Promise<string> {
    await this.#renewal?.catch(() => undefined);
    return this.#key;
  }

  /** A token was made. After the last one of a key the next key is fetched ahead. */
  countUse(): void {
    this.#used += 1;
    // If this fails, the Vault's 401 to the next call is the reason to try again.
    if (this.usesLeft === 0) void this.renew(this.#key).catch(() => undefined);
  }

  get usesLeft(): number | null {
    return this.#options.limit === null ? null : Math.max(0, this.#options.limit - this.#used);
  }

  /** A key other than `stale`; callers at the same time share one renewal. */
  renew(stale: string): Promise<string> {
    if (this.#renewal !== undefined) return this.#renewal;
    if (stale !== this.#key) return Promise.resolve(this.#key);
    this.#renewal = this.#fetch()
      .then((key) => {
        this.#key = key;
        this.#used = 0;
        this.#options.onRefresh();
        return key;
      })
      .finally(() => {
        this.#renewal = undefined;
      });
    return this.#renewal;
  }

  async #fetch(): Promise<string> {
    const key: unknown = await this.#options.fetchKey();
    if (typeof key !== 'string' || key === '') throw new OzError('config', 'the session key is empty');
    return key;
  }
}
