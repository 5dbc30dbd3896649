// What each processor wants to know a merchant by (contract 9.4 to 9.6). The sandbox wants nothing.

export type ProcessorName = 'elavon' | 'nuvei' | 'worldpay' | 'sandbox';

export const PROCESSOR_NAMES: readonly ProcessorName[] = ['elavon', 'nuvei', 'worldpay', 'sandbox'];

interface CredentialField {
  readonly name: string;
  readonly needed: boolean;
}

const needed = (name: string): CredentialField => ({ name, needed: true });
const optional = (name: string): CredentialField => ({ name, needed: false });

/**
 * Elavon: `ssl_merchant_id`, `ssl_user_id`, `ssl_pin` and, for newer accounts, `ssl_account_id`; beside them what only
 * the owner of a terminal knows: its own currency (`USD` when not told), and how long a name on statements it was set up
 * for (12, 17 or 21; not told: it takes none). Nuvei: the two ids and the key that its checksums end with. Worldpay: HTTP
 * Basic and `merchant.entity`, and the date of the Payments API's version when it is not ours.
 */
export const CREDENTIAL_FIELDS: Readonly<Record<ProcessorName, readonly CredentialField[]>> = {
  elavon: [
    needed('merchantId'),
    needed('userId'),
    needed('pin'),
    optional('accountId'),
    optional('terminalCurrency'),
    optional('descriptorLength'),
  ],
  nuvei: [needed('merchantId'), needed('merchantSiteId'), needed('secretKey')],
  worldpay: [needed('entity'), needed('username'), needed('password'), optional('apiVersion')],
  sandbox: [],
};
