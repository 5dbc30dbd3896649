// What Pay is told at its start.
import type { ProcessorHosts } from '@ozura/core/processor-hosts';
import type { Secret } from '@ozura/core/secret';
import type { SurchargeRule } from '@ozura/core/surcharge';
import type { BaseConfig } from '@ozura/kit/settings';

export interface PayConfig extends BaseConfig {
  /** Pay's own, for calling the Vault. */
  readonly serviceKey: Secret<string>;
  readonly acceptedServiceKeys: { readonly checkout: Secret<string> };
  /** The sandbox processor, and an address where nothing listens, for the test card that cannot be sent. */
  readonly sandbox: { readonly url: string; readonly unreachableUrl: string };
  readonly processorHosts: ProcessorHosts;
  /** A program that knows the sales tax; absent: the merchants' own tables. */
  readonly taxProviderUrl?: string;
  /** Places that forbid or cap surcharges. */
  readonly surchargeRules?: readonly SurchargeRule[];
  /** Whether an approval that surfaces after its attempt counted as never booked is undone by itself. Default: yes. */
  readonly autoVoidLateApprovals?: boolean;
  /** A root key of Pay's own: processors' credentials and the audit chain are kept under it. */
  readonly rootKeyFile: string;
  /** Without one nobody administers this Pay. */
  readonly adminToken?: Secret<string>;
  /** Label of a crash point; tests only. */
  readonly crashAt?: string;
}
