// What a simulated processor is told to do with the next calls: by a control call, by the last name of the customer, or
// by the test card (contract 14.5, 14.6).
import { findTestCard } from '@ozura/core/card/test-cards';
import { parseStep, type Step, stepInLastName } from '@ozura/core/sandbox-step';

export type Operation = 'sale' | 'refund' | 'void' | 'inquiry';

export interface Steps {
  /** Takes effect before names and cards; the last one does not repeat. */
  plan(operation: Operation, steps: readonly Step[]): void;
  clear(): void;
  next(operation: Operation, of?: { readonly cardNumber: string; readonly lastName: string }): Step;
}

export function openSteps(): Steps {
  const planned = new Map<Operation, Step[]>();
  return {
    plan: (operation, steps) => void planned.set(operation, [...(planned.get(operation) ?? []), ...steps]),
    clear: () => planned.clear(),
    next: (operation, of) =>
      planned.get(operation)?.shift() ??
      (of && (stepInLastName(of.lastName) ?? stepOfCard(of.cardNumber))) ?? { kind: 'approve' },
  };
}

const stepOfCard = (number: string): Step | undefined =>
  parseStep(findTestCard(number)?.outcome ?? 'decline:invalid_number');
