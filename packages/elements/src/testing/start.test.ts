import { expect, test } from 'vitest';
import { startOzura } from './start.ts';

test.each([
  ['nothing to start', {}, /pass repository, .* or command/],
  ['a folder without the system', { repository: '/nowhere' }, /\/nowhere\/tools\/run is not there/],
  [
    'a command that does not exist',
    { command: ['ozura-is-not-installed'] },
    /did not start, spawn ozura-is-not-installed ENOENT/,
  ],
  [
    'a program that ends',
    { command: [process.execPath, '-e', 'console.log("no disk"); process.exit(3)'] },
    /ended with 3:\nno disk/,
  ],
  [
    'a program that never answers',
    { command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'], timeoutMs: 300 },
    /not ready after 300 ms/,
  ],
])('%s is said plainly', async (_what, options, message) => {
  await expect(startOzura(options)).rejects.toThrow(message);
});
