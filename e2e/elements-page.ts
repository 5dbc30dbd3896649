// The script of a merchant's page in tests: the published browser entry, within reach of the test.
import { OzVault } from '@ozura/elements';

Object.assign(globalThis, { OzVault });
