// What a merchant may have otherwise than others (contract 1.1.1, 8.1 and 8.9).
import { type ChecksPolicy, standardChecks } from './attempt-checks.ts';

export interface MerchantSettings extends ChecksPolicy {
  /** Sales by mail and telephone may come without a security code. */
  readonly motoWithoutCvc: boolean;
  /** Hosts that customers may be sent back to; empty: any. */
  readonly allowedReturnHosts: readonly string[];
}

export const defaultSettings: MerchantSettings = { ...standardChecks, motoWithoutCvc: false, allowedReturnHosts: [] };
