// The script of the tokenizer on the hosted page, which asks about billing details in a form of its own.
import { openTokenizer } from './tokenizer.ts';

openTokenizer();
