// What an element tells its page (contract 11.4).
import type { FieldState, FieldType } from '../protocol.ts';

interface FieldEvent {
  readonly type: FieldType;
}

export interface ElementEvents {
  readonly ready: FieldEvent;
  readonly focus: FieldEvent;
  readonly blur: FieldEvent;
  readonly loaderror: FieldEvent;
  /** Enter was pressed in the field: the form around it may be sent. */
  readonly submit: FieldEvent;
  readonly change: FieldEvent & FieldState;
}

export type Listener<K extends keyof ElementEvents> = (event: ElementEvents[K]) => void;

export class Listeners {
  readonly #all = new Map<keyof ElementEvents, Set<Listener<never>>>();

  add<K extends keyof ElementEvents>(name: K, listener: Listener<K>): void {
    this.#all.set(name, (this.#all.get(name) ?? new Set()).add(listener));
  }

  remove<K extends keyof ElementEvents>(name: K, listener: Listener<K>): void {
    this.#all.get(name)?.delete(listener);
  }

  tell<K extends keyof ElementEvents>(name: K, event: ElementEvents[K]): void {
    for (const listener of [...(this.#all.get(name) ?? [])]) {
      try {
        (listener as Listener<K>)(event);
      } catch (error) {
        // As with events of the browser: the others are told all the same.
        reportError(error);
      }
    }
  }

  clear(): void {
    this.#all.clear();
  }
}
