// Loading a program makes much short-lived garbage, and the part of the heap that V8 grows for it is never given back:
// 25 MB of an idle process. So that part stays small until the program runs, and grows only under load.
import { setFlagsFromString } from 'node:v8';

export const holdYoungGeneration = (): void => setFlagsFromString('--semi-space-growth-factor=1');

/** V8's own factor. */
export const letYoungGenerationGrow = (): void => setFlagsFromString('--semi-space-growth-factor=2');
