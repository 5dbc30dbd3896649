// What a proxied request is made of, whichever way its control values came.
import type { KeyCaller, ServiceCaller } from '../callers.ts';
import type { Template } from './placeholders.ts';

export interface ProxyRequest {
  readonly token: string;
  readonly cvcSessionId: string | undefined;
  readonly cvcLeaseId: string | undefined;
  readonly proxyUrl: string;
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly headers: Readonly<Record<string, string>>;
  readonly template: Template;
}

/** Who asked, and how the log can find it again. */
export interface ProxyCaller {
  readonly who: KeyCaller | ServiceCaller;
  readonly address: string;
  readonly requestId: string;
}
