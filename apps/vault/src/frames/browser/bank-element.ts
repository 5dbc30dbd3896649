// The script of a field for a part of a bank account.
import type { BankField } from '@ozura/elements/protocol';
import { merchantStyle } from './appearance.ts';
import { accountNumber, routingNumber } from './bank.ts';
import { openElement } from './element.ts';

openElement<BankField>({ accountNumber, routingNumber }, merchantStyle);
