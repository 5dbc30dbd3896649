// What the Vault is told at its start.
import type { BinTable } from '@ozura/core/card/funding';
import type { Secret } from '@ozura/core/secret';
import type { BaseConfig } from '@ozura/kit/settings';
import type { KmsSettings } from './keys/aws-kms.ts';

/** Where the root key is, in production (contract 13.1). */
export type RootSettings =
  | ({ readonly provider: 'aws-kms' } & KmsSettings)
  /** Among three people: the start is sealed until two of them have given their shares at this socket file. */
  | { readonly provider: 'shamir'; readonly socket: string };

export interface VaultConfig extends BaseConfig {
  /** Port of the Elements origin, where the frames come from. */
  readonly elementsPort: number;
  /** Holds the root key, unless `root` says where else it is. */
  readonly rootKeyFile: string;
  readonly root?: RootSettings;
  readonly serviceKeys: { readonly checkout: Secret<string>; readonly pay: Secret<string> };
  readonly adminToken: Secret<string>;
  /** From then on the operator needs a new one; absent: never. */
  readonly adminTokenExpiresAtMs?: number;
  /** URL prefixes that Pay may proxy to. In test mode those of the sandbox may be http and loopback. */
  readonly processorDestinations: readonly string[];
  /** How long a security code waits for its payment: 30-600. */
  readonly cvcSeconds: number;
  /** Uses of a session key without a limit of its own; 0: none. */
  readonly sessionHardCap?: number;
  /** Merchants whose known cards answer their existing token. */
  readonly deduplicatedMerchants?: readonly string[];
  /** What is known of cards by their first digits, beside the test cards. */
  readonly binTable?: BinTable;
  /** Numbers that processors publish for their own test environments. */
  readonly extraTestCards?: readonly string[];
  /** Cards are destroyed when they have been expired for so many days; 0: they stay. */
  readonly expiredCardDays?: number;
  /** Tokens are destroyed when they were neither made nor used for so many days; 0: they stay. */
  readonly unusedTokenDays?: number;
  /** How long an old key stays after the last use of it. */
  readonly keyIdleSeconds?: number;
  /** Tests only: the step at which the program kills itself. */
  readonly crashAt?: string;
}
