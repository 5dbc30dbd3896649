// `OzVault`: the page's handle on its card fields (contract 11). It sees events, tokens and card facts, never a value.
import type { Billing } from '@ozura/core/billing';
import {
  type AccountHolder,
  BANK_FIELDS,
  type BankField,
  CARD_FIELDS,
  type CardFacts,
  type CardField,
  type FieldType,
  type FontFile,
  type Tokenized,
  type TokenizeFailure,
} from '../protocol.ts';
import { untilAborted } from './abort.ts';
import { type ElementHost, type ElementOptions, OzElement } from './element.ts';
import { readFonts } from './fonts.ts';
import { type CheckedOptions, checkOptions, type HostedVaultOptions } from './options.ts';
import { errorOfFailure, OzError } from './oz-error.ts';
import { SessionKeys } from './session-keys.ts';
import { openTokenizer, type TokenizeRequest, type Tokenizer } from './tokenizer-frame.ts';
import { newUuid } from './uuid.ts';

export interface TokenResponse {
  readonly token: string;
  /** Pays for one sale. Empty where no field for the security code was mounted. */
  readonly cvcSession: string;
  readonly card: CardFacts;
  /** Normalised. */
  readonly billing?: Billing;
}

/** As a merchant's form gives them. */
export type BillingDetails = Billing;

export interface TokenOptions {
  /** As the page has them: checked and normalised before anything is sent. */
  readonly billing?: BillingDetails;
}

export interface BankTokenResponse {
  readonly token: string;
  readonly bank: { readonly last4: string; readonly routingNumber: string };
}

export interface BankTokenOptions {
  readonly firstName: string;
  readonly lastName: string;
  /** `checking` by default. */
  readonly accountType?: AccountHolder['accountType'];
}

export interface VaultState {
  readonly vaultId: string;
  readonly isReady: boolean;
  readonly tokenizing: boolean;
  readonly mounted: readonly FieldType[];
  readonly usesLeft: number | null;
}

const loadTimeoutDefaultMs = 10_000;

export class OzVault {
  /** Sent to the session route as `sessionId`. */
  readonly vaultId: string = newUuid();
  readonly #options: HostedVaultOptions;
  readonly #keys: SessionKeys;
  readonly #tokenizer: Tokenizer;
  readonly #host: ElementHost;
  #fonts: readonly FontFile[] = [];
  readonly #elements = new Map<FieldType, OzElement>();
  #isReady = false;
  #attempt: AbortController | undefined;
  #destroyed = false;

  private constructor(options: HostedVaultOptions, { frameUrl, fetchKey, sessionLimit, fonts }: CheckedOptions) {
    const { vaultId } = this;
    this.#options = options;
    this.#keys = new SessionKeys({
      fetchKey: () => fetchKey(vaultId),
      limit: sessionLimit,
      onRefresh: () => queueMicrotask(() => this.#tellRefresh()),
    });
    this.#host = {
      vaultId,
      appearance: options.appearance,
      fonts: () => this.#fonts,
      frameUrl,
      onLoaded: (element) => this.#isReady && element.link(),
      onDestroy: (element) => this.#elements.delete(element.type),
    };
    if (fonts.length > 0) void readFonts(fonts).then((files) => this.#dress(files));
    this.#tokenizer = openTokenizer({
      vaultId,
      url: frameUrl('tokenizer'),
      loadTimeoutMs: options.loadTimeoutMs ?? loadTimeoutDefaultMs,
      onReady: () => this.#becomeReady(),
      onLoadError: () => options.onLoadError?.(),
    });
  }

  /** Resolves when the first session key is there. `signal` calls the creation off and removes the frames. */
  static async create(options: HostedVaultOptions, signal = new AbortController().signal): Promise<OzVault> {
    if (typeof document === 'undefined') throw new OzError('config', 'OzVault runs in a browser, not on a server');
    if (typeof options !== 'object' || options === null) throw new OzError('config', 'pass options to OzVault.create');
    const checked = checkOptions(options, location.hostname);
    if (signal.aborted) throw aborted();
    const vault = new OzVault(options, checked);
    try {
      await untilAborted(vault.#keys.first(), signal);
      return vault;
    } catch (error) {
      vault.destroy();
      throw signal.aborted ? aborted() : error;
    }
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** One element of a type: a second call returns the first one. */
  createElement(type: CardField, options: ElementOptions = {}): OzElement {
    return this.#create(type, CARD_FIELDS, options);
  }

  getElement(type: CardField): OzElement | undefined {
    return this.#elements.get(type);
  }

  createBankElement(type: BankField, options: ElementOptions = {}): OzElement {
    return this.#create(type, BANK_FIELDS, options);
  }

  getBankElement(type: BankField): OzElement | undefined {
    return this.#elements.get(type);
  }

  createToken(options: Required<TokenOptions>): Promise<Required<TokenResponse>>;
  createToken(options?: TokenOptions): Promise<TokenResponse>;
  async createToken({ billing }: TokenOptions = {}): Promise<TokenResponse> {
    const fields = this.#mounted(CARD_FIELDS);
    const { card, bank: _bank, ...made } = await this.#tokenize({ fields, ...(billing && { billing }) });
    if (card === undefined) throw new OzError('unknown', 'the Vault answered without card facts');
    return { cvcSession: '', ...made, card };
  }

  async createBankToken(options: BankTokenOptions): Promise<BankTokenResponse> {
    const fields = this.#mounted(BANK_FIELDS);
    const { token, bank } = await this.#tokenize({ fields, holder: checkHolder(options) });
    if (bank === undefined) throw new OzError('unknown', 'the Vault answered without bank facts');
    return { token, bank };
  }

  /** Clears the fields and a running attempt; the session stays. */
  reset(): void {
    this.#attempt?.abort(new OzError('config', 'the vault was reset'));
    this.#attempt = undefined;
    for (const element of this.#elements.values()) element.clear();
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#isReady = false;
    this.#attempt?.abort(new OzError('config', 'the vault was destroyed'));
    for (const element of [...this.#elements.values()]) element.destroy();
    this.#tokenizer.remove();
  }

  /** For support: never a key or a value. */
  debugState(): VaultState {
    const mounted = [...this.#elements.values()].filter((element) => element.isMounted).map(({ type }) => type);
    const { vaultId, isReady } = this;
    return { vaultId, isReady, tokenizing: this.#attempt !== undefined, mounted, usesLeft: this.#keys.usesLeft };
  }

  #create(type: FieldType, allowed: readonly FieldType[], options: ElementOptions): OzElement {
    this.#refuseWhenDestroyed();
    if (!allowed.includes(type)) throw new OzError('config', `the type must be one of ${allowed.join(', ')}`);
    const element = this.#elements.get(type) ?? new OzElement(type, options, this.#host);
    this.#elements.set(type, element);
    return element;
  }

  #refuseWhenDestroyed(): void {
    if (this.#destroyed) throw new OzError('config', 'the vault was destroyed');
  }

  /** The fields to collect, if a token can be made now. */
  #mounted(types: readonly FieldType[]): FieldType[] {
    const mounted = types.flatMap((type) => this.#elements.get(type) ?? []).filter(({ isMounted }) => isMounted);
    this.#refuseWhenDestroyed();
    if (!this.#isReady) throw new OzError('config', 'not ready');
    if (this.#attempt !== undefined) throw new OzError('config', 'tokenization already in progress');
    if (mounted.length === 0) {
      throw new OzError('config', `no ${types === CARD_FIELDS ? 'card' : 'bank'} elements mounted`);
    }
    if (!mounted.every(({ isReady }) => isReady)) throw new OzError('config', 'not ready');
    return mounted.map(({ type }) => type);
  }

  async #tokenize(request: Omit<TokenizeRequest, 'sessionKey'>): Promise<Tokenized> {
    const attempt = new AbortController();
    this.#attempt = attempt;
    try {
      return await untilAborted(this.#tokenizeOnce(request, attempt.signal), attempt.signal);
    } finally {
      if (this.#attempt === attempt) this.#attempt = undefined;
    }
  }

  /** Repeated once, with another key, when the Vault says that the session is over. */
  async #tokenizeOnce(request: Omit<TokenizeRequest, 'sessionKey'>, attempt: AbortSignal): Promise<Tokenized> {
    const sessionKey = await this.#keys.current();
    let answer = await this.#tokenizer.call({ ...request, sessionKey }, attempt);
    if (isSessionOver(answer)) {
      const fresh = await this.#keys.renew(sessionKey);
      answer = await this.#tokenizer.call({ ...request, sessionKey: fresh }, attempt);
    }
    if ('kind' in answer) throw errorOfFailure(answer, request.holder !== undefined);
    this.#keys.countUse();
    return answer;
  }

  /** At the first load of the tokenizer and at every later one: a frame that is moved loads again. */
  #becomeReady(): void {
    const first = !this.#isReady;
    this.#isReady = true;
    this.#log('the tokenizer is ready');
    for (const element of this.#elements.values()) element.link();
    if (first) this.#options.onReady?.();
  }

  #dress(fonts: readonly FontFile[]): void {
    this.#fonts = fonts;
    for (const element of this.#elements.values()) element.update({});
  }

  #tellRefresh(): void {
    if (this.#destroyed) return;
    this.#log('the session key was renewed');
    (this.#options.onSessionRefresh ?? this.#options.onWaxRefresh)?.();
  }

  #log(text: string): void {
    if (this.#options.debug) console.debug(`[OzVault] ${text}`);
  }
}

const aborted = (): OzError => new OzError('config', 'the creation was aborted');

/** The 401 codes of 7.3: a new key helps. */
const isSessionOver = (answer: Tokenized | TokenizeFailure): boolean =>
  'kind' in answer && answer.status === 401 && answer.errorCode?.startsWith('SESSION_KEY_') === true;

function checkHolder(holder: BankTokenOptions | undefined): AccountHolder {
  const { firstName = '', lastName = '', accountType = 'checking' } = holder ?? {};
  for (const [name, value] of Object.entries({ firstName, lastName })) {
    if (typeof value !== 'string' || value.trim() === '') throw new OzError('validation', `${name}: is required`);
  }
  return { firstName: firstName.trim(), lastName: lastName.trim(), accountType };
}
