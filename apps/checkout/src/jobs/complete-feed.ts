// Numbers what was written since, and takes over what Pay has to tell.
import type { Job } from '@ozura/kit/jobs';
import type { Feed } from '../feed.ts';

const everyMs = 250;

export const completeFeed = (feed: Feed): Job => ({
  name: 'complete-feed',
  everyMs,
  run: () => feed.bringUpToDate(),
});
