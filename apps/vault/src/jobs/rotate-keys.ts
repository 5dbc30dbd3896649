// Goes on with a rotation of keys, wherever it was left.
import type { Job } from '@ozura/kit/jobs';
import { type Rotation, rotationJob } from '../keys/rotation.ts';

/** Nothing is asked of the database when nothing rotates, but now and then. */
const everyMs = 500;

export const rotateKeys = (rotation: Rotation): Job => ({
  name: rotationJob,
  everyMs,
  run: (stopping) => rotation.advance(stopping),
});
