// What the customer sees of a payment: the button, the message above it, and the "confirming" part that takes the form's place.
import { byId } from './page-facts.ts';

export interface PayView {
  isPaying(): boolean;
  paying(text: string): void;
  confirming(note: string): void;
  ready(payText: string): void;
  /** A message above the button, or beside the card fields when they are what to change; empty takes it away. */
  problem(text: string, place?: 'problem' | 'card-problem'): void;
  /** Read out without taking any place. */
  say(text: string): void;
}

export function openPayView(): PayView {
  const form = byId('form');
  const pay = byId<HTMLButtonElement>('pay');
  const confirming = byId('confirming');
  const note = document.createElement('p');
  note.setAttribute('role', 'status');
  confirming.append(note);
  let busy = false;
  const setBusy = (value: boolean): void => {
    busy = value;
    // Not `disabled`: that would take the focus away from the button.
    for (const button of [pay, byId('cancel')]) button.setAttribute('aria-disabled', String(value));
    form.setAttribute('aria-busy', String(value));
  };
  return {
    isPaying: () => busy,
    paying(text) {
      setBusy(true);
      pay.textContent = text;
    },
    confirming(text) {
      note.textContent = text;
      if (!confirming.hidden) return;
      form.hidden = true;
      confirming.hidden = false;
      confirming.focus();
    },
    ready(payText) {
      form.hidden = false;
      confirming.hidden = true;
      pay.textContent = payText;
      setBusy(false);
    },
    problem: (text, place = 'problem') => {
      for (const id of ['problem', 'card-problem']) byId(id).textContent = id === place ? text : '';
    },
    say: (text) => {
      byId('status').textContent = text;
    },
  };
}
