// What is told about a run: a page of Markdown.
import type { Check } from './books.ts';
import { judged } from './contract-invariants.ts';
import type { FaultKind } from './faults.ts';
import type { Struck } from './story.ts';
import type { Call } from './traffic/calls.ts';

export interface Run {
  readonly machine: string;
  readonly seed: number;
  readonly date: string;
  readonly minutes: number;
  readonly quiet: { readonly fromMs: number; readonly untilMs: number };
  readonly struck: readonly Struck[];
  /** Of which there are more than there was time for. */
  readonly kinds: readonly FaultKind[];
  readonly calls: readonly Call[];
  readonly failovers: number;
  readonly checks: readonly Check[];
  readonly problems: readonly string[];
}

const isFailed = (call: Call): boolean => call.isFailed;
const within = (calls: readonly Call[], fromMs: number, untilMs: number): Call[] =>
  calls.filter(({ startedAtMs }) => startedAtMs >= fromMs && startedAtMs < untilMs);
const seconds = (ms: number): string => (ms / 1_000).toFixed(1);

/** In ms, of calls that succeeded: `50` is the median. */
function percentile(tookMs: readonly number[], percent: number): number {
  const sorted = [...tookMs].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0;
}

export function problemsOf({ checks, problems }: Pick<Run, 'checks' | 'problems'>): string[] {
  return [...problems, ...checks.flatMap(({ rule, problems: found }) => found.map((problem) => `${rule}: ${problem}`))];
}

export function describeRun(run: Run): string {
  // One that was under way when the first fault came is not among them.
  const quiet = within(run.calls, run.quiet.fromMs, run.quiet.untilMs).filter(
    ({ startedAtMs, tookMs }) => startedAtMs + tookMs < run.quiet.untilMs,
  );
  const failed = run.calls.filter(isFailed);
  const missing = run.kinds.filter((kind) => !run.struck.some((struck) => struck.kind === kind));
  const problems = problemsOf(run);
  return [
    `Run of ${run.date}, seed ${run.seed}, ${run.minutes} minutes. ${run.machine}.`,
    '',
    `${run.calls.length} requests, ${failed.length} failed and were repeated by who made them; ${run.struck.length} faults, ${run.failovers} of them a change of the primary. ` +
      (problems.length === 0 ? '**Nothing lost, nothing double.**' : `**${problems.length} problems.**`),
    ...(missing.length === 0 ? [] : ['', `No time was left for: ${missing.join(', ')}.`]),
    '',
    '### What held afterwards',
    '',
    ...table(
      ['rule', 'counted', 'result'],
      run.checks.map(({ rule, counted, problems: found }) => [
        rule,
        counted,
        found.length === 0 ? 'holds' : `${found.length} problems`,
      ]),
    ),
    ...problems.slice(0, 40).map((problem) => `- ${problem}`),
    '',
    '### The invariants of contract 12.7',
    '',
    ...table(['', 'invariant', 'looked at', 'result', 'not seen here'], judged(run.checks)),
    '',
    '### Faults',
    '',
    ...table(
      ['fault', 'lasted', 'requests', 'failed', 'last failure after healing', 'all ready after healing', 'p50', 'p99'],
      [...run.struck.map((struck) => rowOf(run.calls, struck)), ['(quiet)', '', ...numbersOf(quiet)]],
    ),
    '',
    '### Failures by kind',
    '',
    ...table(['request', 'made', 'p50', 'p99 when quiet', 'p99 in all', 'failed'], operations(run.calls, quiet)),
  ].join('\n');
}

function rowOf(calls: readonly Call[], { kind, target, atMs, healedAtMs, readyAfterMs, endedAtMs }: Struck): string[] {
  const during = within(calls, atMs, endedAtMs);
  const after = within(during.filter(isFailed), healedAtMs, endedAtMs).map(({ startedAtMs }) => startedAtMs);
  const lastMs = after.length === 0 ? 0 : Math.max(...after) - healedAtMs;
  const [made = '', failed = '', , , p50 = '', p99 = ''] = numbersOf(during);
  const recovery = [after.length === 0 ? 'none' : `${seconds(lastMs)} s`, `${seconds(readyAfterMs)} s`];
  return [`${kind} (${target})`, `${seconds(healedAtMs - atMs)} s`, made, failed, ...recovery, p50, p99];
}

function numbersOf(calls: readonly Call[]): string[] {
  const took = calls.filter((call) => !isFailed(call)).map(({ tookMs }) => tookMs);
  const failed = calls.filter(isFailed);
  return [
    String(calls.length),
    failed.length === 0 ? '0' : `${failed.length} (${endingsOf(failed)})`,
    '',
    '',
    `${percentile(took, 50)} ms`,
    `${percentile(took, 99)} ms`,
  ];
}

function endingsOf(calls: readonly Call[]): string {
  const counts = new Map<string, number>();
  for (const { ending } of calls) counts.set(ending, (counts.get(ending) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([ending, count]) => `${count} × ${ending}`)
    .join(', ');
}

function operations(calls: readonly Call[], quiet: readonly Call[]): string[][] {
  const names = [...new Set(calls.map(({ name }) => name))].sort();
  const p = (of: readonly Call[], percent: number): string =>
    `${percentile(
      of.filter((call) => !isFailed(call)).map(({ tookMs }) => tookMs),
      percent,
    )} ms`;
  return names.map((name) => {
    const own = calls.filter((call) => call.name === name);
    const ownQuiet = quiet.filter((call) => call.name === name);
    const endings = own.filter(({ ending }) => ending !== 'ok');
    return [name, String(own.length), p(own, 50), p(ownQuiet, 99), p(own, 99), endingsOf(endings)];
  });
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  `| ${head.join(' | ')} |`,
  `|${head.map(() => '---').join('|')}|`,
  ...rows.map((row) => `| ${row.join(' | ')} |`),
];
