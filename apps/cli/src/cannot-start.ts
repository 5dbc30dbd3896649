// A reason not to start that a person can do something about.

export class CannotStart extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'CannotStart';
  }
}
