// A value that must not be printed. It shows as `[secret]` in logs, JSON, templates and inspectors.

const REDACTED = '[secret]';
const inspect = Symbol.for('nodejs.util.inspect.custom');

export class Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** Reads the value. Every caller of this is a place to review. */
  open(): T {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect](): string {
    return REDACTED;
  }
}
