// The script of the page of a payment or a plan.
import { openPayForm } from './pay-form.ts';

openPayForm();
