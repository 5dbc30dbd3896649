// `ozura clock`: moves the clock of a development installation (contract 14.3), with the keys of its sandbox merchant.
import { advanceTestClock, freezeTestClock, getTestClock, resetTestClock } from '@ozura/contract/test-clock';
import { CannotStart } from './cannot-start.ts';
import { inDevelopment } from './development.ts';
import { asksForHelp } from './words.ts';

const usage = `Usage:
  ozura clock                    what time it is for the installation
  ozura clock advance 31d        forward, by seconds, minutes, hours, days or weeks (s, m, h, d, w)
  ozura clock advance TIME       forward to a time such as 2027-03-01T09:00:00Z
  ozura clock freeze TIME        stands still there
  ozura clock reset              back to real time

What falls due on the way forward is done before the command ends. Test mode only.`;

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
/** Ten years of a daily plan take some minutes. */
const timeoutMs = 30 * 60_000;

type Move = typeof getTestClock | typeof freezeTestClock | typeof advanceTestClock | typeof resetTestClock;

export async function moveClock(args: readonly string[]): Promise<void> {
  if (asksForHelp(args)) return console.log(usage);
  const { move, body } = readMove(args);
  await inDevelopment(async ({ call }) => {
    const { data } = await call(move, body === undefined ? { timeoutMs } : { body, timeoutMs });
    console.log(data.frozen ? `${data.now}, standing still` : data.now);
  });
}

interface Asked {
  readonly move: Move;
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

function readMove([what = 'show', to, ...more]: readonly string[]): Asked {
  const isComplete = more.length === 0 && (to === undefined) === (what === 'show' || what === 'reset');
  if (isComplete && what === 'show') return { move: getTestClock, body: undefined };
  if (isComplete && what === 'reset') return { move: resetTestClock, body: undefined };
  if (isComplete && what === 'freeze') return { move: freezeTestClock, body: { frozenAt: to } };
  if (isComplete && what === 'advance') return { move: advanceTestClock, body: wayOf(to ?? '') };
  throw new CannotStart(usage);
}

/** `31d` is a number of seconds; anything else is a time, and Checkout says what is wrong with it. */
function wayOf(text: string): Readonly<Record<string, unknown>> {
  const [, count, unit = ''] = /^([0-9]{1,9})([smhdw])$/.exec(text) ?? [];
  return count === undefined ? { to: text } : { seconds: Number(count) * (UNITS[unit] ?? 1) };
}
