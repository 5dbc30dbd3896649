// The card fields ask here for a key of their page.
import { createSessionHandler } from '@ozura/elements/server';
import { openOzura } from '../../../lib/ozura.ts';

export const POST = (request: Request): Promise<Response> => createSessionHandler(openOzura())(request);
