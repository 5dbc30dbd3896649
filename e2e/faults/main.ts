// `npm run test:faults [-- --write]`: all faults in full. `--write` puts date, machine and results into docs/faults.md.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { thisMachine } from '../this-machine.ts';
import { documentPath, faultsDocument } from './document.ts';
import { FAULTS, type FaultName } from './faults.ts';
import { type FullRun, lastRunPath, type Result } from './last-run.ts';

interface VitestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly duration?: number;
    }[];
  }[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });

const begunAtMs = Date.now();
const folder = mkdtempSync(join(tmpdir(), 'ozura-faults-'));
const report = join(folder, 'report.json');
const vitest = ['node_modules/vitest/vitest.mjs', 'run', 'e2e/faults'];
const { status } = spawnSync(
  process.execPath,
  [...vitest, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  { cwd: root, env: { ...process.env, OZURA_FAULTS: 'full' }, stdio: 'inherit' },
);
if (values.write) {
  const run = fullRun(JSON.parse(readFileSync(report, 'utf8')) as VitestReport);
  writeFileSync(lastRunPath, `${JSON.stringify(run, null, 2)}\n`);
  writeFileSync(documentPath, faultsDocument(run));
}
rmSync(folder, { recursive: true });
process.exitCode = status ?? 1;

function fullRun({ testResults }: VitestReport): FullRun {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const resultOf = (name: string): Result => {
    // One that this machine cannot make says so behind its name.
    const test = tests.find(({ title }) => title === name || title.startsWith(`${name} (`));
    if (test?.status === 'passed') return `holds, ${Math.ceil((test.duration ?? 0) / 1_000)} s`;
    return test?.status === 'failed' ? 'fails' : 'not made';
  };
  const results = (Object.keys(FAULTS) as FaultName[]).map((name) => [name, resultOf(name)]);
  return {
    date: new Date(begunAtMs).toISOString().slice(0, 10),
    machine: `${thisMachine()}, Node ${process.versions.node}`,
    seconds: Math.ceil((Date.now() - begunAtMs) / 1_000),
    results: Object.fromEntries(results),
  };
}
