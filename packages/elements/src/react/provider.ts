// One vault for the components below it, and what a page asks of it (contract 11.10).
import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  type RefObject,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { VaultOptions } from '../browser/options.ts';
import { OzError } from '../browser/oz-error.ts';
import { type BankTokenOptions, type BankTokenResponse, OzVault, type TokenOptions } from '../browser/vault.ts';
import { useSettledEffect } from './settled-effect.ts';

/**
 * The options of `OzVault.create`. A change of `pubKey`, `sessionUrl` or `frameBaseUrl` opens another vault; functions
 * may be new at every render; the others are read once.
 */
export interface OzElementsProps extends VaultOptions {
  readonly children?: ReactNode;
}

export interface OzElementsHandle {
  readonly createToken: OzVault['createToken'];
  readonly createBankToken: (options: BankTokenOptions) => Promise<BankTokenResponse>;
  /** The vault and every field on the page can make a token. */
  readonly ready: boolean;
  /** Why there is no vault, or that its frame did not load in time. */
  readonly initError: OzError | null;
  /** Tokens made by this vault, of cards and bank accounts. */
  readonly tokenizeCount: number;
}

interface Opened {
  readonly vault: OzVault;
  /** Given when the vault is about to go. */
  readonly signal: AbortSignal;
}

interface Shared {
  readonly handle: OzElementsHandle;
  /** `undefined` until there is a vault, and again when it is gone. */
  readonly opened: Opened | undefined;
  /** `ready: undefined`: the field is gone. */
  readonly tellField: (field: object, ready: boolean | undefined) => void;
}

const Context = createContext<Shared | undefined>(undefined);

export function OzElements({ children, ...options }: OzElementsProps): ReactElement {
  const { opened, isReady, initError } = useVault(options);
  const { allReady, tellField } = useFieldCount();
  const { createToken, createBankToken, tokenizeCount } = useCalls(opened?.vault);
  const ready = isReady && allReady;
  const shared = useMemo<Shared>(
    () => ({ handle: { createToken, createBankToken, ready, initError, tokenizeCount }, opened, tellField }),
    [createToken, createBankToken, ready, initError, tokenizeCount, opened, tellField],
  );
  return createElement(Context.Provider, { value: shared }, children);
}

export const useOzElements = (): OzElementsHandle => useShared().handle;

export function useShared(): Shared {
  const shared = useContext(Context);
  if (shared === undefined) throw new OzError('config', 'there is no <OzElements> around this component');
  return shared;
}

interface VaultState {
  readonly opened?: Opened;
  readonly hasTokenizer?: boolean;
  readonly initError?: OzError;
}

function useVault(options: VaultOptions) {
  const [{ opened, hasTokenizer, initError }, setState] = useState<VaultState>({});
  const latest = useLatest(options);
  const { pubKey, sessionUrl, frameBaseUrl } = options;
  useSettledEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    const tell = (change: VaultState): void => {
      if (!signal.aborted) setState((state) => ({ ...state, ...change }));
    };
    const created = OzVault.create(withCallbacks(latest, tell), signal);
    created.then(
      (vault) => tell({ opened: { vault, signal } }),
      (error: OzError) => tell({ initError: error }),
    );
    return () => {
      leaving.abort();
      setState({});
      created.then(
        (vault) => vault.destroy(),
        () => undefined,
      );
    };
  }, [pubKey, sessionUrl, frameBaseUrl]);
  return { opened, isReady: opened !== undefined && hasTokenizer === true, initError: initError ?? null };
}

/** Functions are looked up when they are called: those of an earlier render may know old things. */
function withCallbacks(latest: RefObject<VaultOptions>, tell: (change: VaultState) => void): VaultOptions {
  const options = Object.entries(latest.current).map(([name, value]) => [
    name,
    typeof value === 'function'
      ? (...given: unknown[]) => (latest.current as Record<string, typeof value>)[name]?.(...given)
      : value,
  ]);
  return {
    ...Object.fromEntries(options),
    onReady() {
      tell({ hasTokenizer: true });
      latest.current.onReady?.();
    },
    onLoadError() {
      tell({ initError: new OzError('timeout', 'the frame of the card fields did not load in time') });
      latest.current.onLoadError?.();
    },
  };
}

export function useLatest<T>(value: T): RefObject<T> {
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  });
  return latest;
}

function useFieldCount() {
  const [fields, setFields] = useState<ReadonlyMap<object, boolean>>(new Map());
  const tellField = useCallback((field: object, ready: boolean | undefined): void => {
    setFields((known) => {
      const next = new Map(known);
      if (ready === undefined) next.delete(field);
      else next.set(field, ready);
      return next;
    });
  }, []);
  return { allReady: [...fields.values()].every(Boolean), tellField };
}

function useCalls(vault: OzVault | undefined) {
  const [tokenizeCount, setCount] = useState(0);
  useEffect(() => {
    if (vault !== undefined) setCount(0);
  }, [vault]);
  const counted = useCallback(
    async <T>(call: (vault: OzVault) => Promise<T>): Promise<T> => {
      if (vault === undefined) throw new OzError('config', 'not ready');
      const made = await call(vault);
      setCount((count) => count + 1);
      return made;
    },
    [vault],
  );
  const createToken = useCallback(
    (options?: TokenOptions) => counted((one) => one.createToken(options)),
    [counted],
  ) as OzVault['createToken'];
  const createBankToken = useCallback(
    (options: BankTokenOptions) => counted((one) => one.createBankToken(options)),
    [counted],
  );
  return { createToken, createBankToken, tokenizeCount };
}
