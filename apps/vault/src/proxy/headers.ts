// Headers on the way to a processor and back (contract 7.4).

/** About one connection (RFC 9110 7.6.1), or none of the caller's business. */
const NEVER_FORWARDED = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'content-length',
  'expect',
  'cookie',
  'set-cookie',
  // The answer must be readable here, to be scrubbed.
  'accept-encoding',
]);

export function forwardedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const forwarded: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!NEVER_FORWARDED.has(name.toLowerCase())) forwarded[name.toLowerCase()] = value;
  }
  return forwarded;
}
