// A process that may be killed between any two things it does. What it was doing never goes on, and nobody is told.
import type { World } from './world.ts';

export interface Process {
  readonly name: string;
  isAlive(): boolean;
  /** A moment passes before or after something that others can see. A process that is dead by then is not heard of again. */
  step(): Promise<void>;
  /** A labelled moment of the code. */
  reached(label: string): void;
  kill(): void;
}

export interface Fate {
  /** Whether the process dies at this moment of its life. */
  diesAt(process: string, moment: { readonly steps: number; readonly label?: string }): boolean;
  /** For how long it stands still here, as a machine that is suspended: usually not at all. */
  stallMs(): number;
  /** Called once, when it has died. */
  died(process: string): void;
}

/** A step takes up to so long. */
const stepMaxMs = 3;

export function openProcess(world: World, name: string, fate: Fate): Process {
  let alive = true;
  let steps = 0;
  const kill = (): void => {
    if (!alive) return;
    alive = false;
    fate.died(name);
  };
  return {
    name,
    isAlive: () => alive,
    kill,
    reached(label) {
      if (alive && fate.diesAt(name, { steps, label })) kill();
    },
    step: () =>
      new Promise((resolve) => {
        world.at(world.nowMs() + world.chance.between(0, stepMaxMs) + fate.stallMs(), () => {
          steps += 1;
          if (alive && fate.diesAt(name, { steps })) kill();
          if (alive) resolve();
        });
      }),
  };
}
