// What a merchant's page says when it opens a vault (contract 11.2), checked and with defaults.
import { type Appearance, THEME_NAMES } from '../protocol.ts';
import { urlOf } from '../url.ts';
import { checkFonts, type FontSource } from './fonts.ts';
import { OzError } from './oz-error.ts';
import { askPage, askSessionRoute } from './session-route.ts';

export interface VaultOptions {
  /** Required unless the page runs on this machine and the installation is in test mode. */
  readonly pubKey?: string;
  /** A route of the merchant's server: `POST {sessionId}` answers `{sessionKey}`. */
  readonly sessionUrl?: string;
  readonly getSessionKey?: (sessionId: string) => Promise<string>;
  /** @deprecated Use `getSessionKey`. */
  readonly fetchWaxKey?: (sessionId: string) => Promise<string>;
  /** Must equal the limit the server asked for; 3 by default, `null` for none. */
  readonly sessionLimit?: number | null;
  /** Alias of `sessionLimit`. */
  readonly maxTokenizeCalls?: number | null;
  readonly frameBaseUrl?: string;
  readonly fonts?: readonly FontSource[];
  readonly appearance?: Appearance;
  readonly onReady?: () => void;
  readonly onSessionRefresh?: () => void;
  /** Alias of `onSessionRefresh`. */
  readonly onWaxRefresh?: () => void;
  readonly onLoadError?: () => void;
  readonly loadTimeoutMs?: number;
  readonly debug?: boolean;
}

const sessionLimitDefault = 3;
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

export interface CheckedOptions {
  readonly frameUrl: (path: string) => URL;
  readonly fetchKey: (sessionId: string) => Promise<string>;
  readonly sessionLimit: number | null;
  readonly fonts: readonly FontSource[];
}

export function checkOptions(options: VaultOptions, pageHost: string): CheckedOptions {
  const { pubKey, frameBaseUrl = 'http://localhost:4003', appearance } = options;
  const frames = urlOf(frameBaseUrl);
  // `localhost:4003` parses as well: as an address of a kind called `localhost`.
  if (frames === undefined || !/^https?:$/.test(frames.protocol)) {
    throw new OzError('config', 'frameBaseUrl must be the URL of your Elements origin');
  }
  const local = LOOPBACK.includes(frames.hostname);
  if (local && pubKey?.startsWith('pk_prod_')) {
    throw new OzError('config', 'frameBaseUrl is on this machine, but the pubKey is a live one');
  }
  if (!pubKey && !LOOPBACK.includes(pageHost)) {
    throw new OzError('config', 'pubKey is required: pass the pub key of your Vault application');
  }
  if (!THEME_NAMES.includes(appearance?.theme ?? 'default')) {
    throw new OzError('config', `appearance.theme must be one of ${THEME_NAMES.join(', ')}`);
  }
  const query = pubKey && `pubKey=${encodeURIComponent(pubKey)}`;
  return {
    frameUrl: (path) => new URL(`/v1/frame/${path}${query ? `?${query}` : ''}`, frameBaseUrl),
    fetchKey: keySource(options),
    sessionLimit: limitOf(options),
    fonts: checkFonts(options.fonts ?? []),
  };
}

function keySource({ sessionUrl, getSessionKey, fetchWaxKey }: VaultOptions): (sessionId: string) => Promise<string> {
  if (sessionUrl) return (sessionId) => askSessionRoute(sessionUrl, sessionId);
  const own = getSessionKey ?? fetchWaxKey;
  if (typeof own !== 'function') throw new OzError('config', 'pass sessionUrl or getSessionKey');
  return (sessionId) => askPage(own, sessionId);
}

function limitOf(options: VaultOptions): number | null {
  const { maxTokenizeCalls = sessionLimitDefault, sessionLimit = maxTokenizeCalls } = options;
  if (sessionLimit === null || (Number.isInteger(sessionLimit) && sessionLimit > 0)) return sessionLimit;
  throw new OzError('config', 'sessionLimit must be a whole number above 0, or null');
}
