// The script of the tokenizer on a merchant's own page.
import { checkBilling } from './billing.ts';
import { openTokenizer } from './tokenizer.ts';

openTokenizer(checkBilling);
