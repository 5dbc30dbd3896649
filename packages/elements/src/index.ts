// `@ozura/elements`: card fields of another origin on a page of your own.

export { normalizeBankVaultError, normalizeCardSaleError, normalizeVaultError } from './browser/customer-texts.ts';
export { type ElementOptions, OzElement } from './browser/element.ts';
export type { ElementEvents } from './browser/events.ts';
export type { FontSource } from './browser/fonts.ts';
export type { VaultOptions } from './browser/options.ts';
export { OzError, type OzErrorCode } from './browser/oz-error.ts';
export { createFetchWaxKey } from './browser/session-route.ts';
export {
  type BankTokenOptions,
  type BankTokenResponse,
  type BillingDetails,
  OzVault,
  type TokenOptions,
  type TokenResponse,
  type VaultState,
} from './browser/vault.ts';
export type {
  Appearance,
  AppearanceVariables,
  CardFacts,
  ElementStyle,
  ElementStyleConfig,
  FieldState,
  FieldType,
} from './protocol.ts';
