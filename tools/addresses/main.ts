// `npm run addresses`: writes the address forms of the checkout page from the current data.
import { writeFileSync } from 'node:fs';
import { formsText } from './forms.ts';

writeFileSync(new URL('../../apps/checkout/src/pages/address/forms.json', import.meta.url), formsText());
