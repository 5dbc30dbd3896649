// What is known of cards by their first digits. The shipped table knows the test cards, which live mode refuses.
import type { BinTable } from '@ozura/core/card/funding';
import { TEST_BINS } from '@ozura/core/card/test-cards';
import type { Mode } from '@ozura/core/ids';

const none: BinTable = new Map();

/** In live mode a real card that shares six digits with a test card must not get its funding. */
export const binsOf = (mode: Mode): BinTable => (mode === 'test' ? TEST_BINS : none);
