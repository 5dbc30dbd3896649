// The hidden frame that collects what the fields hold and talks to the Vault. The page sends it a session key and gets a
// token; one call at a time.
import type { PageToTokenizer, Tokenized, TokenizeFailure, TokenizeMessage, TokenizerToPage } from '../protocol.ts';
import { untilAborted, withinMs } from './abort.ts';
import { openFrame } from './frame.ts';
import { OzError } from './oz-error.ts';

const callTimeoutMs = 30_000;

const tooLate = (): OzError => new OzError('timeout', 'The answer took too long. Try again.');

export interface TokenizerOptions {
  readonly vaultId: string;
  readonly iframe: HTMLIFrameElement;
  readonly loadTimeoutMs: number;
  readonly onReady: () => void;
  readonly onLoadError: () => void;
}

export type TokenizeRequest = Omit<TokenizeMessage, 'type' | 'call'>;

export interface Tokenizer {
  /** Rejects when there is no answer in time, or with the reason of `attempt` when that is called off. */
  call(request: TokenizeRequest, attempt: AbortSignal): Promise<Tokenized | TokenizeFailure>;
  remove(): void;
}

export function openTokenizer({ onReady, onLoadError, ...frameOptions }: TokenizerOptions): Tokenizer {
  let calls = 0;
  let answer: (message: Exclude<TokenizerToPage, { type: 'ready' }>) => void = () => undefined;
  const frame = openFrame<TokenizerToPage, PageToTokenizer>({
    ...frameOptions,
    hello: () => ({ type: 'mount' }),
    onMessage(message) {
      if (message.type === 'ready') onReady();
      else if (message.type === 'token' || message.type === 'failed') answer(message);
    },
    onTimeout: onLoadError,
  });
  const { iframe } = frameOptions;
  iframe.style.display = 'none';
  // A script in the head runs before there is a body.
  if (!iframe.isConnected) (document.body ?? document.documentElement).append(iframe);
  return {
    async call(request, attempt) {
      attempt.throwIfAborted();
      calls += 1;
      const number = calls;
      const answered = new Promise<Tokenized | TokenizeFailure>((resolve) => {
        // An answer to an earlier call, which was called off meanwhile, belongs to nobody.
        answer = (message) =>
          message.call === number && resolve(message.type === 'token' ? message.tokenized : message.failure);
      });
      frame.post({ ...request, type: 'tokenize', call: number });
      try {
        return await withinMs(callTimeoutMs, untilAborted(answered, attempt), tooLate);
      } catch (error) {
        frame.post({ type: 'cancel' });
        throw error;
      }
    },
    remove: frame.remove,
  };
}
