// Every variable that `ozura serve` reads, by program: the text of `ozura serve --help`.

export type ProgramName = 'checkout' | 'pay' | 'vault' | 'sandbox';

export const PROGRAMS: readonly ProgramName[] = ['checkout', 'pay', 'vault', 'sandbox'];

type Variables = readonly (readonly [name: string, meaning: string])[];

const EVERY: Variables = [
  ['MODE', 'test (default) or live'],
  ['HOST', '127.0.0.1: the address to listen on'],
  ['PORT', 'checkout 4000, vault 4001, pay 4002, sandbox 4020'],
  ['DATABASE_URL', 'postgres://… or a file; ./data/{program}.db. Each program has its own database'],
  ['DATABASE_CONNECTIONS', '10: how many connections to PostgreSQL this process may have open'],
  ['LOG_LEVEL', 'info; trace, debug, warn, error, fatal or silent'],
  ['DRAIN_SECONDS', '30: how long a stop waits for requests that are running; a payment takes up to 28'],
];

const OF_OURS: Variables = [
  [
    'CHECKOUT_URL',
    'public base of Checkout, http://localhost:4000; in live mode https, and required like the next three',
  ],
  ['VAULT_URL', 'of the Vault, http://localhost:4001'],
  ['PAY_URL', 'of Pay, http://localhost:4002'],
  ['ELEMENTS_URL', 'of the card fields, http://localhost:4003'],
  ['PEPPER', 'required, 32 characters or more: keys the hashes of credentials. Never change it'],
  ['CHECKOUT_SERVICE_KEY', "required: Checkout's key for calls to Vault and Pay"],
  ['TRUSTED_PROXIES', 'addresses or networks whose X-Forwarded-For is believed, separated by commas'],
  ['RATE_LIMITS', 'on, or own numbers such as createSession=600,cardSale=100; off for load tests in test mode'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'a collector that spans are sent to, by OTLP as JSON over HTTP; none by default'],
  ['OTEL_TRACES_SAMPLER_ARG', '1: the part of the traces that begin here which it gets'],
  ['REDIS_URL', 'a Redis or Valkey server in which several processes count together; else each counts by itself'],
];

const OWN: Readonly<Record<ProgramName, Variables>> = {
  checkout: [
    ['SESSION_LIFETIME_SECONDS', '1800'],
    ['MAX_FAILED_ATTEMPTS', '5'],
    ['CURRENCIES', 'ISO 4217 codes that are offered, separated by commas; all of them when left out'],
    ['ADMIN_TOKEN', "the operator's token, for /metrics; without it nobody reads them"],
    ['PUBLIC_SESSION_BILLING', 'false; true shows billing details of a completed session without keys'],
    ['UNPAID_SESSION_DAYS', '0: sessions stay; else those without payment go so many days after their end, 32 or more'],
    ['PAID_SESSION_DAYS', '0: the same of paid ones, 540 or more; the books of the payment stay with Pay'],
    ['SIGNING_KEY_DAYS', '0: the key that signs redirects stays; else it gets a successor after so many days'],
    ['PREVIEW_ORIGINS', 'pages that may hold /preview, separated by commas; none, in test mode those of this machine'],
    ['CRASH_AT', 'tests only: the step of a payment at which the program kills itself'],
  ],
  pay: [
    ['PAY_SERVICE_KEY', "required: Pay's key for calls to the Vault"],
    ['ADMIN_TOKEN', "the operator's token; without it nobody can add merchants or decide reviews"],
    ['PAY_ROOT_KEY_FILE', "./data/keys/pay-root-key: keeps processors' credentials; made at the first test start"],
    [
      'AUTO_VOID_LATE_APPROVALS',
      'true; false only raises an alarm when an approval surfaces after its payment had ended',
    ],
    ['SANDBOX_URL', 'http://127.0.0.1:4020: the sandbox processor; the Vault reads it, too, and the next three'],
    ['ELAVON_URL', "Converge's own address for the mode"],
    ['NUVEI_URL', "Nuvei's own address for the mode"],
    ['WORLDPAY_URL', "Access Worldpay's own address for the mode"],
    ['TAX_PROVIDER_URL', "a program that computes sales tax; without it each merchant's own table does"],
    ['SURCHARGE_RULES', 'a JSON file: where surcharges are forbidden or capped, see docs/pricing.md'],
    ['CRASH_AT', 'tests only: the step of a payment at which the program kills itself'],
  ],
  vault: [
    ['ELEMENTS_PORT', '4003: the port of the card fields'],
    ['PAY_SERVICE_KEY', "required: Pay's key for calls to the Vault"],
    ['ADMIN_TOKEN', "required: the operator's token"],
    ['ADMIN_TOKEN_EXPIRES_AT', 'an ISO 8601 time after which the token is refused; never by default'],
    ['ROOT_KEY_FILE', './data/keys/root-key: 64 hex digits for its owner alone; made at the first start in test mode'],
    ['ROOT_KEY', 'file; aws-kms: in a key service; shamir: the start is sealed (ozura vault init, unseal)'],
    [
      'KMS_KEY_ID',
      'with KMS_REGION, KMS_ENDPOINT and KMS_CREDENTIALS_FILE (as ~/.aws/credentials): the key in AWS KMS',
    ],
    ['UNSEAL_SOCKET', './data/vault.sock: where shares come in'],
    ['PROCESSOR_DESTINATIONS', 'further URL prefixes that Pay may send cards to, separated by commas'],
    ['BIN_TABLE', 'a file of digits,funding[,country[,brand]] lines; without it only test cards are known'],
    ['DEDUPLICATED_MERCHANTS', 'merchants whose known cards answer their existing token, separated by commas'],
    ['CVC_SECONDS', '90: how long a security code waits for its payment, 30-600'],
    ['EXTRA_TEST_CARDS', 'numbers that a processor publishes for its own test environment, separated by commas'],
    ['EXPIRED_CARD_DAYS', '0: cards stay; else they are destroyed so many days after they expired'],
    ['UNUSED_TOKEN_DAYS', '0: tokens stay; else they are destroyed after so many days without use'],
    ['KEY_IDLE_SECONDS', '10: how long an old key stays after the last use of it'],
    ['CRASH_AT', 'tests only: the step of a rotation at which the program kills itself'],
  ],
  sandbox: [],
};

export function serveHelp(): string {
  const list = (variables: Variables): string =>
    variables.map(([name, meaning]) => `  ${name.padEnd(nameWidth)}${meaning}`).join('\n');
  const own = PROGRAMS.filter((program) => OWN[program].length > 0);
  return [
    'Usage: ozura serve checkout|pay|vault|sandbox\n\nEvery program:',
    list(EVERY),
    '\nCheckout, Pay and Vault:',
    list(OF_OURS),
    ...own.map((program) => `\n${program}:\n${list(OWN[program])}`),
    '\nPORT, DATABASE_URL and PEPPER may be given by program: PAY_PORT, VAULT_DATABASE_URL.',
    'A secret may be in a file: PEPPER_FILE names one that holds PEPPER. In live mode each has 32 characters or more, and is',
    'no other one: "openssl rand -hex 32" makes some.',
  ].join('\n');
}

const nameWidth = 30;
