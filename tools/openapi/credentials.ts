// Credentials (contract 0.2) as security schemes, and the audience that an endpoint is for.
import type { Auth, Endpoint } from '@ozura/contract/endpoint';
import type { Service } from '@ozura/core/errors';

const header = (name: string, description: string) => ({ type: 'apiKey', in: 'header', name, description }) as const;

const vaultKey = 'Vault API key. Secret: from your server only.';
const merchantKey = 'Merchant key. Secret: from your server only.';

/** The same key has another header at every service. */
const SCHEMES = {
  checkout: { vaultKey: header('X-API-KEY', vaultKey), merchantKey: header('X-OZURA-API-KEY', merchantKey) },
  pay: { vaultKey: header('vault-api-key', vaultKey), merchantKey: header('x-api-key', merchantKey) },
  vault: { vaultKey: header('X-API-Key', vaultKey) },
} as const satisfies Record<Service, object>;

const COMMON = {
  pubKey: header('X-Pub-Key', 'Public key of a project.'),
  sessionKey: header('X-Session-Key', 'Session key: for a browser, for a short time.'),
  page: header('X-Checkout-Token', 'Page credential: only the hosted page has it.'),
  service: header('X-Service-Key', 'Between the programs of one installation, with `X-Merchant-Id`.'),
  admin: { type: 'http', scheme: 'bearer', description: "The operator's token." },
} as const;

type Requirement = Readonly<Record<string, readonly []>>;

const REQUIREMENTS: Readonly<Record<Auth, Requirement>> = {
  none: {},
  keys: { vaultKey: [], merchantKey: [] },
  'merchant-key': { merchantKey: [] },
  'vault-key': { vaultKey: [] },
  'session-key': { sessionKey: [] },
  'pub-key': { pubKey: [] },
  page: { page: [] },
  service: { service: [] },
  admin: { admin: [] },
};

export const securityOf = ({ auth }: Endpoint): readonly Requirement[] => auth.map((one) => REQUIREMENTS[one]);

/** Only the schemes that one of the endpoints asks for. */
export function schemesOf(service: Service, endpoints: readonly Endpoint[]): Readonly<Record<string, object>> {
  const used = new Set(endpoints.flatMap(securityOf).flatMap(Object.keys));
  const all: Readonly<Record<string, object>> = { ...SCHEMES[service], ...COMMON };
  return Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)));
}

const IN_WORDS: Readonly<Record<Auth, string>> = {
  none: 'no credentials',
  keys: 'both keys',
  'merchant-key': 'merchant key',
  'vault-key': 'Vault key',
  'session-key': 'session key',
  'pub-key': 'pub key',
  page: 'page credential',
  service: 'service key',
  admin: 'admin token',
};

export const credentialsInWords = ({ auth }: Endpoint): string => auth.map((one) => IN_WORDS[one]).join(', or ');

export const AUDIENCES = {
  merchant: { name: 'Merchants', description: 'For the server of a merchant, and for the card fields.' },
  page: { name: 'Hosted page', description: 'Between the hosted page and its server, versioned with it.' },
  operator: { name: 'Operator', description: 'For whoever runs the installation.' },
  programs: { name: 'Programs', description: 'Between the programs of one installation.' },
} as const;

const OPERATION = new Set(['health', 'ready', 'openapi']);

export function audienceOf({ auth, name }: Endpoint): keyof typeof AUDIENCES {
  if (auth.includes('page')) return 'page';
  if (auth.includes('admin') || OPERATION.has(name)) return 'operator';
  return auth[0] === 'service' ? 'programs' : 'merchant';
}
