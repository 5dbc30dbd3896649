// For pages without a bundler: everything of the browser entry under one global, `OzElements`. Named one by one, which is
// shorter in the file than an object of the whole module.
import {
  createFetchWaxKey,
  normalizeBankVaultError,
  normalizeCardSaleError,
  normalizeVaultError,
  OzElement,
  OzError,
  OzVault,
} from './index.ts';

Object.assign(globalThis, {
  OzElements: {
    createFetchWaxKey,
    normalizeBankVaultError,
    normalizeCardSaleError,
    normalizeVaultError,
    OzElement,
    OzError,
    OzVault,
  },
});
