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
  type Tokenized,
} from '../protocol.ts';
import { untilAborted } from './abort.ts';
import type { ElementOptions, OzElement } from './element.ts';
import { FieldVault } from './field-vault.ts';
import { readFonts } from './fonts.ts';
import { makeIframe } from './frame.ts';
import { checkOptions, type VaultOptions } from './options.ts';
import { errorOfFailure, OzError } from './oz-error.ts';
import type { TokenizeRequest } from './tokenizer-frame.ts';

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

export class OzVault {
  /** Sent to the session route as `sessionId`. */
  readonly vaultId: string;
  readonly #vault: FieldVault;

  private constructor(vault: FieldVault) {
    this.#vault = vault;
    this.vaultId = vault.vaultId;
  }

  /** Resolves when the first session key is there. `signal` calls the creation off and removes the frames. */
  static async create(options: VaultOptions, signal = new AbortController().signal): Promise<OzVault> {
    if (typeof document === 'undefined') throw new OzError('config', 'OzVault runs in a browser, not on a server');
    if (typeof options !== 'object' || options === null) throw new OzError('config', 'pass options to OzVault.create');
    const { fonts, frameUrl, ...checked } = checkOptions(options, location.hostname);
    if (signal.aborted) throw aborted();
    const log = (text: string): void => {
      if (options.debug) console.debug(`[OzVault] ${text}`);
    };
    const vault = new FieldVault({
      ...checked,
      iframeFor: (path, title, name) => makeIframe(frameUrl(path), title, name),
      appearance: options.appearance,
      loadTimeoutMs: options.loadTimeoutMs,
      onReady() {
        log('the tokenizer is ready');
        options.onReady?.();
      },
      onLoadError: () => options.onLoadError?.(),
      onRefresh() {
        log('the session key was renewed');
        (options.onSessionRefresh ?? options.onWaxRefresh)?.();
      },
    });
    if (fonts.length > 0) void readFonts(fonts).then((files) => vault.dress(files));
    try {
      await untilAborted(vault.keys.first(), signal);
      return new OzVault(vault);
    } catch (error) {
      vault.destroy();
      throw signal.aborted ? aborted() : error;
    }
  }

  get isReady(): boolean {
    return this.#vault.isReady;
  }

  /** One element of a type: a second call returns the first one. */
  createElement(type: CardField, options: ElementOptions = {}): OzElement {
    return this.#create(type, CARD_FIELDS, options);
  }

  getElement(type: CardField): OzElement | undefined {
    return this.#vault.get(type);
  }

  createBankElement(type: BankField, options: ElementOptions = {}): OzElement {
    return this.#create(type, BANK_FIELDS, options);
  }

  getBankElement(type: BankField): OzElement | undefined {
    return this.#vault.get(type);
  }

  createToken(options: Required<TokenOptions>): Promise<Required<TokenResponse>>;
  createToken(options?: TokenOptions): Promise<TokenResponse>;
  async createToken({ billing }: TokenOptions = {}): Promise<TokenResponse> {
    const request = { fields: CARD_FIELDS, ...(billing && { billing }) };
    const { card, bank: _bank, ...made } = await this.#tokenize(request, 'no card elements mounted');
    if (card === undefined) throw new OzError('unknown', 'the Vault answered without card facts');
    return { cvcSession: '', ...made, card };
  }

  async createBankToken(options: BankTokenOptions): Promise<BankTokenResponse> {
    const request = { fields: BANK_FIELDS, holder: checkHolder(options) };
    const { token, bank } = await this.#tokenize(request, 'no bank elements mounted');
    if (bank === undefined) throw new OzError('unknown', 'the Vault answered without bank facts');
    return { token, bank };
  }

  /** Clears the fields and a running attempt; the session stays. */
  reset(): void {
    this.#vault.reset();
  }

  destroy(): void {
    this.#vault.destroy();
  }

  /** For support: never a key or a value. */
  debugState(): VaultState {
    const { vaultId, isReady, isTokenizing: tokenizing, keys, elements } = this.#vault;
    const mounted = elements.filter(({ isMounted }) => isMounted).map(({ type }) => type);
    return { vaultId, isReady, tokenizing, mounted, usesLeft: keys.usesLeft };
  }

  #create(type: FieldType, allowed: readonly FieldType[], options: ElementOptions): OzElement {
    if (!allowed.includes(type)) throw new OzError('config', `the type must be one of ${allowed.join(', ')}`);
    return this.#vault.create(type, options);
  }

  async #tokenize(request: Omit<TokenizeRequest, 'sessionKey'>, none: string): Promise<Tokenized> {
    const answer = await this.#vault.tokenize(request, none);
    if ('kind' in answer) throw errorOfFailure(answer, request.holder !== undefined);
    return answer;
  }
}

const aborted = (): OzError => new OzError('config', 'the creation was aborted');

function checkHolder(holder: BankTokenOptions | undefined): AccountHolder {
  const { firstName = '', lastName = '', accountType = 'checking' } = holder ?? {};
  for (const [name, value] of Object.entries({ firstName, lastName })) {
    if (typeof value !== 'string' || value.trim() === '') throw new OzError('validation', `${name}: is required`);
  }
  return { firstName: firstName.trim(), lastName: lastName.trim(), accountType };
}
