// What is known of cards by their first digits. The shipped table knows the test cards, which live mode refuses.
import type { BinTable } from '@ozura/core/card/funding';
import { TEST_CARDS } from '@ozura/core/card/test-cards';
import type { Mode } from '@ozura/core/ids';

const none: BinTable = new Map();
const testBins: BinTable = new Map(TEST_CARDS.map(({ number, funding }) => [number.slice(0, 6), { funding }]));

/** In live mode a real card that shares six digits with a test card must not get its funding. */
export const binsOf = (mode: Mode): BinTable => (mode === 'test' ? testBins : none);
