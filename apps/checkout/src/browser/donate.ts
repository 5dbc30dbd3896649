// The script of the page of a donation.
import { openDonation } from './donation.ts';
import { openPayForm } from './pay-form.ts';

openPayForm(openDonation);
