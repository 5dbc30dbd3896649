// One field on the merchant's page: an iframe of the Elements origin, and what the page may ask of it (contract 11.4).
import type {
  Appearance,
  ElementStyleConfig,
  FieldSettings,
  FieldToPage,
  FieldType,
  FontFile,
  PageToField,
} from '../protocol.ts';
import { type ElementEvents, type Listener, Listeners } from './events.ts';
import { type Frame, openFrame } from './frame.ts';
import { OzError } from './oz-error.ts';

/** Of a field or of the tokenizer: a new iframe, or one that the page has drawn already. */
export type IframeFor = (path: FieldType | 'tokenizer', title: string, name?: string) => HTMLIFrameElement;

export interface ElementOptions {
  readonly style?: ElementStyleConfig;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  /** Accessible name. */
  readonly label?: string;
  readonly loadTimeoutMs?: number;
}

/** The vault that an element belongs to. */
export interface ElementHost {
  readonly vaultId: string;
  readonly appearance: Appearance | undefined;
  readonly fonts: () => readonly FontFile[];
  readonly iframeFor: IframeFor;
  /** The field waits to be linked to the tokenizer. */
  readonly onLoaded: (element: OzElement) => void;
  readonly onDestroy: (element: OzElement) => void;
}

const LABELS: Readonly<Record<FieldType, string>> = {
  cardNumber: 'Card number',
  expirationDate: 'Expiration date',
  cvv: 'Security code',
  accountNumber: 'Account number',
  routingNumber: 'Routing number',
};
const loadTimeoutDefaultMs = 10_000;

export class OzElement {
  readonly type: FieldType;
  readonly #host: ElementHost;
  readonly #listeners = new Listeners();
  #options: ElementOptions;
  #iframe: HTMLIFrameElement | undefined;
  #frame: Frame<PageToField> | undefined;
  #loaded = false;
  #ready = false;
  #destroyed = false;

  constructor(type: FieldType, options: ElementOptions, host: ElementHost) {
    this.type = type;
    this.#options = options;
    this.#host = host;
  }

  get isMounted(): boolean {
    return this.#frame !== undefined;
  }

  /** Drawn, and able to hand its value to the tokenizer. */
  get isReady(): boolean {
    return this.#ready;
  }

  mount(target: string | Element): this {
    if (this.#destroyed) throw new OzError('config', `this ${this.type} element was destroyed: create another one`);
    const place = typeof target === 'string' ? document.querySelector(target) : target;
    if (!place) throw new OzError('config', `there is no element "${target}" to mount ${this.type} in`);
    this.unmount();
    const { vaultId, iframeFor } = this.#host;
    const iframe = iframeFor(this.type, this.#title);
    this.#iframe = iframe;
    this.#frame = openFrame<FieldToPage, PageToField>({
      iframe,
      vaultId,
      hello: () => ({ type: 'mount', settings: this.#settings }),
      onMessage: (message) => this.#hear(message),
      loadTimeoutMs: this.#options.loadTimeoutMs ?? loadTimeoutDefaultMs,
      onTimeout: () => this.#tell('loaderror'),
    });
    // As tall as its content, or as its place where the page gives that a height. The colour scheme is set because a
    // frame of another scheme than its document is drawn on an opaque ground.
    Object.assign(iframe.style, {
      display: 'block',
      width: '100%',
      height: '1.5em',
      minHeight: '100%',
      border: '0',
      colorScheme: 'light',
    });
    // One that is moved would load again.
    if (!iframe.isConnected) place.append(iframe);
    return this;
  }

  unmount(): void {
    this.#frame?.remove();
    this.#frame = undefined;
    this.#loaded = false;
    this.#ready = false;
  }

  focus(): void {
    this.#iframe?.focus();
    this.#frame?.post({ type: 'focus' });
  }

  blur(): void {
    this.#frame?.post({ type: 'blur' });
  }

  clear(): void {
    this.#frame?.post({ type: 'clear' });
  }

  update(options: ElementOptions): void {
    this.#options = { ...this.#options, ...options };
    if (this.#iframe !== undefined && options.label !== undefined) this.#iframe.title = this.#title;
    this.#frame?.post({ type: 'update', settings: this.#settings });
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.unmount();
    this.#listeners.clear();
    this.#host.onDestroy(this);
  }

  on<K extends keyof ElementEvents>(event: K, listener: Listener<K>): this {
    this.#listeners.add(event, listener);
    return this;
  }

  off<K extends keyof ElementEvents>(event: K, listener: Listener<K>): this {
    this.#listeners.remove(event, listener);
    return this;
  }

  once<K extends keyof ElementEvents>(event: K, listener: Listener<K>): this {
    const first: Listener<K> = (payload) => {
      this.off(event, first);
      listener(payload);
    };
    return this.on(event, first);
  }

  /** Of the vault: the tokenizer is there, and the field may look for it. */
  link(): void {
    this.#ready = false;
    if (this.#loaded) this.#frame?.post({ type: 'link' });
  }

  get #title(): string {
    return `Secure field: ${this.#settings.label}`;
  }

  get #settings(): FieldSettings {
    const { style, placeholder, disabled, label } = this.#options;
    const { appearance, fonts } = this.#host;
    return {
      // Pages without types write null for what they have not.
      appearance: appearance ?? undefined,
      style: style ?? {},
      fonts: fonts(),
      placeholder: placeholder ?? '',
      disabled: disabled ?? false,
      label: label ?? LABELS[this.type],
    };
  }

  #hear(message: FieldToPage): void {
    if (message.type === 'change') this.#listeners.tell('change', { ...message.state, type: this.type });
    else if (message.type === 'loaded') this.#load(message.heightPx);
    else if (message.type === 'ready') {
      this.#ready = true;
      this.#tell('ready');
    } else this.#tell(message.type);
  }

  #load(heightPx: number): void {
    if (this.#iframe !== undefined) this.#iframe.style.height = `${heightPx}px`;
    this.#loaded = true;
    this.#host.onLoaded(this);
  }

  #tell(event: Exclude<keyof ElementEvents, 'change'>): void {
    this.#listeners.tell(event, { type: this.type });
  }
}
