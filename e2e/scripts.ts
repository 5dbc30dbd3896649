// `npm run scripts`: writes the inventory of scripts into docs/pci-scope.md.
import { writeInventory } from './script-inventory.ts';

writeInventory();
