// The fields of one page with their tokenizer and their session key: everything of a vault that every page needs. What a
// merchant's page may say on top of it is `vault.ts`; the hosted page, which must be light, uses this alone.
import type { Appearance, FieldType, FontFile, Tokenized, TokenizeFailure } from '../protocol.ts';
import { tokenizerName } from '../protocol.ts';
import { untilAborted } from './abort.ts';
import { type ElementHost, type ElementOptions, type IframeFor, OzElement } from './element.ts';
import { OzError } from './oz-error.ts';
import { SessionKeys } from './session-keys.ts';
import { openTokenizer, type TokenizeRequest, type Tokenizer } from './tokenizer-frame.ts';
import { newUuid } from './uuid.ts';

export interface FieldVaultOptions {
  /** Random when left out. */
  readonly vaultId?: string;
  readonly iframeFor: IframeFor;
  readonly fetchKey: (vaultId: string) => Promise<string>;
  /** Tokens of one session key; `null`: as many as one likes. */
  readonly sessionLimit: number | null;
  readonly appearance?: Appearance | undefined;
  readonly loadTimeoutMs?: number | undefined;
  /** At the first load of the tokenizer. */
  readonly onReady?: () => void;
  readonly onLoadError?: () => void;
  readonly onRefresh?: () => void;
}

const loadTimeoutDefaultMs = 10_000;

export class FieldVault {
  readonly vaultId: string;
  readonly keys: SessionKeys;
  readonly #options: FieldVaultOptions;
  readonly #tokenizer: Tokenizer;
  readonly #host: ElementHost;
  readonly #elements = new Map<FieldType, OzElement>();
  #fonts: readonly FontFile[] = [];
  #isReady = false;
  #attempt: AbortController | undefined;
  #destroyed = false;

  constructor(options: FieldVaultOptions) {
    const { vaultId = newUuid(), iframeFor } = options;
    this.vaultId = vaultId;
    this.#options = options;
    this.keys = new SessionKeys({
      fetchKey: () => options.fetchKey(vaultId),
      limit: options.sessionLimit,
      onRefresh: () => queueMicrotask(() => !this.#destroyed && options.onRefresh?.()),
    });
    this.#host = {
      vaultId,
      appearance: options.appearance,
      fonts: () => this.#fonts,
      iframeFor,
      onLoaded: (element) => this.#isReady && element.link(),
      onDestroy: (element) => this.#elements.delete(element.type),
    };
    this.#tokenizer = openTokenizer({
      vaultId,
      iframe: iframeFor('tokenizer', 'Secure connection', tokenizerName(vaultId)),
      loadTimeoutMs: options.loadTimeoutMs ?? loadTimeoutDefaultMs,
      onReady: () => this.#becomeReady(),
      onLoadError: () => options.onLoadError?.(),
    });
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  get isTokenizing(): boolean {
    return this.#attempt !== undefined;
  }

  get elements(): readonly OzElement[] {
    return [...this.#elements.values()];
  }

  /** One of a type: a second call returns the first one. */
  create(type: FieldType, options: ElementOptions): OzElement {
    this.#refuseWhenDestroyed();
    const element = this.get(type) ?? new OzElement(type, options, this.#host);
    this.#elements.set(type, element);
    return element;
  }

  get(type: FieldType): OzElement | undefined {
    return this.#elements.get(type);
  }

  dress(fonts: readonly FontFile[]): void {
    this.#fonts = fonts;
    for (const element of this.elements) element.update({});
  }

  /** Of the mounted ones of `fields`; `none` says what is missing when there are none. */
  async tokenize(
    { fields, ...request }: Omit<TokenizeRequest, 'sessionKey'>,
    none: string,
  ): Promise<Tokenized | TokenizeFailure> {
    const collected = { ...request, fields: this.#mounted(fields, none) };
    const attempt = new AbortController();
    this.#attempt = attempt;
    try {
      return await untilAborted(this.#tokenizeOnce(collected, attempt.signal), attempt.signal);
    } finally {
      if (this.#attempt === attempt) this.#attempt = undefined;
    }
  }

  /** Clears the fields and a running attempt; the session stays. */
  reset(): void {
    this.#callOff('the vault was reset');
    for (const element of this.elements) element.clear();
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#isReady = false;
    this.#callOff('the vault was destroyed');
    for (const element of this.elements) element.destroy();
    this.#tokenizer.remove();
  }

  #callOff(reason: string): void {
    this.#attempt?.abort(new OzError('config', reason));
    this.#attempt = undefined;
  }

  #refuseWhenDestroyed(): void {
    if (this.#destroyed) throw new OzError('config', 'the vault was destroyed');
  }

  /** The fields to collect, if a token can be made now. */
  #mounted(types: readonly FieldType[], none: string): FieldType[] {
    const mounted = types.flatMap((type) => this.get(type) ?? []).filter(({ isMounted }) => isMounted);
    this.#refuseWhenDestroyed();
    if (!this.#isReady) throw new OzError('config', 'not ready');
    if (this.isTokenizing) throw new OzError('config', 'tokenization already in progress');
    if (mounted.length === 0) throw new OzError('config', none);
    if (!mounted.every(({ isReady }) => isReady)) throw new OzError('config', 'not ready');
    return mounted.map(({ type }) => type);
  }

  /** Repeated once, with another key, when the Vault says that the session is over. */
  async #tokenizeOnce(request: Omit<TokenizeRequest, 'sessionKey'>, attempt: AbortSignal) {
    const sessionKey = await this.keys.current();
    let answer = await this.#tokenizer.call({ ...request, sessionKey }, attempt);
    if (isSessionOver(answer)) {
      const fresh = await this.keys.renew(sessionKey);
      answer = await this.#tokenizer.call({ ...request, sessionKey: fresh }, attempt);
    }
    if (!('kind' in answer)) this.keys.countUse();
    return answer;
  }

  /** At every load of the tokenizer: a frame that is moved loads again. */
  #becomeReady(): void {
    const first = !this.#isReady;
    this.#isReady = true;
    for (const element of this.elements) element.link();
    if (first) this.#options.onReady?.();
  }
}

/** The 401 codes of 7.3: a new key helps. */
const isSessionOver = (answer: Tokenized | TokenizeFailure): boolean =>
  'kind' in answer && answer.status === 401 && answer.errorCode?.startsWith('SESSION_KEY_') === true;
