// docs/faults.md, from the list of faults. `node e2e/faults/document.ts` writes it.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FAULTS, type Fault, type Need, ROOMS } from './faults.ts';
import { type FullRun, type Result, readLastRun } from './last-run.ts';

export const documentPath = fileURLToPath(new URL('../../docs/faults.md', import.meta.url));

const NEEDS: Readonly<Record<Need, string>> = {
  compiler: 'a C compiler',
  root: 'root',
  prlimit: '`prlimit`',
  cgroup: 'control groups',
};

const HEAD = `# Faults of one machine

What happens to payments when something below or around the programs breaks. Each row is a test in \`e2e/faults\`: the whole system runs, the fault is
made, a merchant goes on selling, and afterwards the books are compared. **After every fault each session and payment that was answered is there, and the
approvals that stand in the processor's books are exactly the completed sessions.**

\`npm test\` makes the faults in small; \`npm run test:faults\` makes all of them in full, in some minutes, and with \`-- --write\` puts what came of it
here. A fault that a machine cannot make (without a C compiler, say) is skipped by name. Kills at every step of a payment are in
\`e2e/kill.test.ts\`; several machines are another matter.

Where a row says that \`/ready\` answers 503, balancers send nobody there. When that is so of every process of a program, the HAProxy of \`deploy/compose\` and of the
cluster test goes by \`/health\` instead, so that what is expected below is what a client sees. An ingress of Kubernetes answers 503 by itself then, to every request, until
one pod is ready again (docs/deploy.md).
`;

export function faultsDocument(run = readLastRun()): string {
  const rooms = Object.entries(ROOMS).map(([room, { title, faults }]) => {
    const rows = Object.entries<Fault>(faults).map(([name, fault]) => rowOf(name, fault, run?.results[name]));
    return `## ${title}\n\`e2e/faults/${room}.test.ts\`\n\n| fault | what is done | what is expected | last full run |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `${HEAD}\n${runLine(run)}\n\n${rooms.join('\n')}\n## What it found\nWrong when it was first tried, and put right:\n\n${findings()}\n`;
}

function runLine(run: FullRun | undefined): string {
  if (run === undefined) return 'They have not been made in full yet.';
  const results = Object.values(run.results);
  const held = results.filter((result) => result.startsWith('holds')).length;
  return `Last full run: ${run.date}, on ${run.machine}. What is expected held after **${held} of ${results.length} faults**; it took ${run.seconds} s.`;
}

function rowOf(name: string, { done, expected, needs = [], isLong }: Fault, result: Result = 'not made'): string {
  const notes = [...needs.map((need) => `needs ${NEEDS[need]}`), ...(isLong ? ['in full only'] : [])];
  return `| ${name}${notes.length === 0 ? '' : ` (${notes.join(', ')})`} | ${done} | ${expected} | ${result} |`;
}

const findings = (): string =>
  Object.entries<Fault>(FAULTS)
    .filter(([, { found }]) => found !== undefined)
    .map(([name, { found }]) => `- **${name}**: ${found}`)
    .join('\n');

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(documentPath, faultsDocument());
