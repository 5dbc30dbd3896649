// What browsers report about our content policy. Paths hold session ids, which are access tokens: they are not logged.
// Whoever likes may send one: of names and addresses nothing is kept that could be a card number.
import { withoutCardNumber } from '@ozura/core/card/number-in-text';
import { isObject } from '@ozura/core/validation';

export interface PolicyReport {
  readonly directive: string;
  /** Origin, scheme or keyword of what was blocked. */
  readonly blocked: string;
}

export function readPolicyReport(body: unknown): PolicyReport | undefined {
  const report = parse(body);
  if (report === undefined) return undefined;
  const directive = String(report['effective-directive'] ?? report['violated-directive'] ?? '').slice(0, 64);
  return {
    directive: withoutCardNumber(directive),
    blocked: withoutCardNumber(originOf(String(report['blocked-uri'] ?? ''))),
  };
}

function parse(body: unknown): Record<string, unknown> | undefined {
  try {
    const sent: unknown = JSON.parse(String(body));
    return isObject(sent) && isObject(sent['csp-report']) ? sent['csp-report'] : undefined;
  } catch {
    return undefined;
  }
}

function originOf(uri: string): string {
  const url = URL.parse(uri);
  return url === null ? uri.slice(0, 32) : url.origin === 'null' ? url.protocol : url.origin;
}
