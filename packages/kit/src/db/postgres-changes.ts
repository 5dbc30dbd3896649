// Changes of one kind that come at the same time share a statement, a commit, and a way to the server and back. The
// statement does all of them or nothing: when one of its parts has not changed just one row it fails, and takes back what
// the others have done. Then each change goes alone, as a transaction of its own, and is told what became of it.
import type pg from 'pg';
import { type Line, openLine, type Waiting } from './postgres-gather.ts';
import { type Change, type JointText, jointTextOf, jointValues } from './postgres-joint.ts';
import { type Sender, sendUnlessRefused } from './postgres-statements.ts';

export interface Changes {
  /** As `changeEach`. */
  add(change: Change): Promise<boolean>;
  /** Resolves when everything that was added has ended. */
  end(): Promise<void>;
}

/** Changes of a group. Few numbers, for each makes a statement of its own, which is planned some times on each connection. */
const sizes = [1, 2, 4, 8, 16];
const changesMax = 16;
/** One may wait for a row that somebody else holds, and its group with it. */
const groupsAtOnce = 4;

type Group = readonly Waiting<Change, boolean>[];

interface Ways {
  /** False when all of it was refused, and nothing is written. */
  readonly together: (text: JointText, changes: readonly Change[]) => Promise<boolean>;
  readonly alone: (change: Change) => Promise<boolean>;
}

/** `alone`: a transaction of its own. */
export function openChanges(pool: pg.Pool, send: Sender, alone: Ways['alone']): Changes {
  const together: Ways['together'] = async (text, changes) =>
    (await sendUnlessRefused(pool, send, { text: text(changes.length), values: jointValues(changes) })) !== undefined;
  const kinds: Kind[] = [];
  return {
    add(change) {
      let kind = kinds.find(({ texts }) => isOfKind(texts, change));
      if (kind === undefined) {
        kind = openKind(change, { together, alone });
        kinds.push(kind);
      }
      return kind.line?.add(change) ?? alone(change);
    },
    end: async () => void (await Promise.all(kinds.map(({ line }) => line?.end()))),
  };
}

interface Kind {
  readonly texts: readonly string[];
  readonly line: Line<Change, boolean> | undefined;
}

const isOfKind = (texts: readonly string[], change: Change): boolean =>
  texts.length === change.length && change.every(({ text }, i) => text === texts[i]);

function openKind(change: Change, ways: Ways): Kind {
  const text = jointTextOf(change);
  const texts = change.map((statement) => statement.text);
  if (text === undefined) return { texts, line: undefined };
  const next = ({ length }: Group): number => sizes.findLast((size) => size <= length) ?? 1;
  const write = (group: Group): Promise<void> => writeGroup(group, text, ways);
  return { texts, line: openLine<Change, boolean>({ most: changesMax, groupsAtOnce, next, write }) };
}

async function writeGroup(group: Group, text: JointText, { together, alone }: Ways): Promise<void> {
  const each = ({ work, resolve, reject }: Group[number]): Promise<void> => alone(work).then(resolve, reject);
  try {
    const isOneStatement = group.length === 1 && group[0]?.work.length === 1;
    const isDone =
      !isOneStatement &&
      (await together(
        text,
        group.map(({ work }) => work),
      ));
    if (isDone) for (const { resolve } of group) resolve(true);
    else await Promise.all(group.map(each));
  } catch (error) {
    // Whether it was committed is not known, and not guessed.
    for (const { reject } of group) reject(error);
  }
}
