// Writes what was measured into `docs/speed.md` and its charts. Each command owns one section of the page.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { root } from '../program.ts';
import { type Chart, drawChart, type Line } from './chart.ts';
import { ENGINES, type Engine } from './engines.ts';
import type { Limits } from './limits.ts';
import type { GrowthCell, Matrix, MatrixCell } from './results.ts';
import { shortRows } from './rows.ts';

const NAMES: Readonly<Record<Engine, string>> = { sqlite: 'SQLite', postgres: 'PostgreSQL' };
const atATime = 32;

export function writeMatrix(matrix: Matrix): void {
  const { cells, size } = matrix;
  const operations = [...new Set(cells.map(({ operation }) => operation))];
  const processes = [...new Set(cells.map((cell) => cell.processes))];
  const chart = (title: string, yLabel: string, of: (cell: MatrixCell) => number): Chart => ({
    title,
    yLabel,
    xLabel: 'processes of each program',
    places: processes.map(String),
    panels: ENGINES.map((engine) => ({
      title: NAMES[engine],
      lines: operations.map((name): Line => {
        const own = cells.filter(
          (cell) => cell.engine === engine && cell.operation === name && cell.connections === atATime,
        );
        return { name, values: processes.map((count) => own.filter((cell) => cell.processes === count).map(of)[0]) };
      }),
    })),
  });
  const rate = chart(
    'Throughput by processes',
    `requests a second, ${atATime} at a time`,
    (cell) => cell.requestsPerSecond,
  );
  const p99 = chart('p99 by processes', `ms, ${atATime} at a time`, (cell) => cell.p99Ms);
  writeSection('matrix', [
    machine(),
    `\`npm run bench -- matrix\`: \`ozura serve\`, each program a process of its own, ${number(size.transactions)} transactions of a year in Pay's database; ${size.seconds} s each, each operation warmed for ${size.warmSeconds} s before.`,
    image('speed-processes-throughput', rate),
    image('speed-processes-p99', p99),
    ...ENGINES.flatMap((engine) => [
      `### ${NAMES[engine]}`,
      matrixTable(cells.filter((cell) => cell.engine === engine)),
    ]),
    '### What stands above us',
    ...matrix.limits.map((limits) => limitsTable(limits, cells)),
    '### Start and memory of a program',
    startsTable(matrix),
  ]);
}

const matrixTable = (cells: readonly MatrixCell[]): string =>
  table(
    [
      'operation',
      'processes',
      'at a time',
      'a second',
      'of a null server',
      'p50',
      'p99',
      'CPU of ours',
      'CPU of the server',
    ],
    cells.map((cell) => [
      cell.operation,
      String(cell.processes),
      String(cell.connections),
      number(cell.requestsPerSecond),
      cell.nullPerSecond === undefined ? '–' : ratio(cell.requestsPerSecond, cell.nullPerSecond),
      ms(cell.p50Ms),
      ms(cell.p99Ms),
      us(cell.programsUs),
      cell.databaseUs === 0 ? '–' : us(cell.databaseUs),
    ]),
  );

function limitsTable(limits: Limits, cells: readonly MatrixCell[]): string {
  const own = cells.filter(({ engine, processes }) => engine === limits.engine && processes === 1);
  const of = (operation: string): MatrixCell[] => own.filter((cell) => cell.operation === operation);
  const creating = of('create a session');
  const create = creating.find(({ connections }) => connections === atATime)?.requestsPerSecond ?? Number.NaN;
  const paying = of('card payment');
  return table(
    [NAMES[limits.engine], 'a second', 'we, of it'],
    [
      ['8 KB appended and synced, one by one', number(limits.pages), ''],
      ['the same, 32 with one sync', number(limits.groupedPages), ratio(create, limits.groupedPages)],
      ['the row of a new session, our database layer alone', number(limits.sessions), ratio(create, limits.sessions)],
      ...creating.flatMap((cell) => lineBesideEngine(cell, 'the statement of a new session', 0.8)),
      ...paying.flatMap((cell) => [
        ...lineBesideEngine(cell, 'the four commits of a card sale', 0.5),
        ...limits.payments
          .filter((ours) => ours.atATime === cell.connections)
          .map(({ atATime, perSecond }) => [
            `the same, our database layer alone, ${atATime} at a time`,
            ...shareOf(cell, perSecond, 0.5),
          ]),
      ]),
    ],
  );
}

function lineBesideEngine(cell: MatrixCell, what: string, target: number): string[][] {
  const { engine, connections, alonePerSecond } = cell;
  if (alonePerSecond === undefined) return [];
  const by = engine === 'sqlite' ? 'SQLite by itself, a sync each' : `pgbench, ${connections} clients`;
  return [[`${what} by ${by}; we, ${connections} requests at a time`, ...shareOf(cell, alonePerSecond, target)]];
}

const shareOf = (cell: MatrixCell, perSecond: number, target: number): string[] => [
  number(perSecond),
  `${ratio(cell.requestsPerSecond, perSecond)} (target ${target})`,
];

const startsTable = ({ starts }: Matrix): string =>
  table(
    ['program', 'start until it answers', 'memory, idle', 'memory after the load'],
    starts.map(({ engine, name, startMs, idleMb, loadedMb }) => [
      `${name}, ${NAMES[engine]}`,
      `${Math.round(startMs)} ms`,
      `${idleMb} MB`,
      `${loadedMb} MB`,
    ]),
  );

export function writeGrowth({
  rows,
  cells,
}: {
  readonly rows: readonly number[];
  readonly cells: readonly GrowthCell[];
}): void {
  const operations = [...new Set(cells.map(({ operation }) => operation))];
  const find = (engine: Engine, operation: string, count: number): GrowthCell | undefined =>
    cells.find((cell) => cell.engine === engine && cell.operation === operation && cell.rows === count);
  const chart = (title: string, yLabel: string, of: (cell: GrowthCell) => number): Chart => ({
    title,
    yLabel,
    xLabel: 'rows in the tables of the operation',
    places: rows.map(shortRows),
    panels: ENGINES.map((engine) => ({
      title: NAMES[engine],
      lines: operations.map(
        (name): Line => ({
          name,
          values: rows.map((count) => find(engine, name, count)).map((cell) => cell && of(cell)),
        }),
      ),
    })),
  });
  const [first = 0] = rows;
  const lines = ENGINES.flatMap((engine) =>
    operations.flatMap((operation) =>
      rows.map((count) => {
        const [cell, least] = [find(engine, operation, count), find(engine, operation, first)];
        if (cell === undefined || least === undefined) return [];
        const { full, calm } = cell;
        const rates = [number(full.requestsPerSecond), ratio(full.requestsPerSecond, least.full.requestsPerSecond)];
        const times = [ms(calm.p50Ms), ms(calm.p99Ms), ratio(calm.p99Ms, least.calm.p99Ms)];
        return [NAMES[engine], operation, shortRows(count), ...rates, ms(full.p99Ms), ...times];
      }),
    ),
  ).filter((line) => line.length > 0);
  writeSection('growth', [
    machine(),
    `\`npm run bench -- growth --rows ${rows.map(shortRows).join(',')}\`: medians of three turns; sizes take turns.`,
    image(
      'speed-rows-throughput',
      chart('Throughput by rows', 'requests a second, 32 at a time', (cell) => cell.full.requestsPerSecond),
    ),
    image(
      'speed-rows-p99',
      chart('p99 by rows', 'ms, 4 at a time', (cell) => cell.calm.p99Ms),
    ),
    table(
      [
        'engine',
        'operation',
        'rows',
        'a second (32)',
        `of ${shortRows(first)}`,
        'p99 (32)',
        'p50 (4)',
        'p99 (4)',
        `p99 × ${shortRows(first)}`,
      ],
      lines,
    ),
  ]);
}

const pagePath = join(root, 'docs/speed.md');
const begin = (section: string): string => `<!-- ${section}: written by npm run bench -- ${section} -->`;
const end = (section: string): string => `<!-- end of ${section} -->`;

function writeSection(section: string, parts: readonly string[]): void {
  const text = `${begin(section)}\n\n${parts.join('\n\n')}\n\n${end(section)}`;
  const page = existsSync(pagePath) ? readFileSync(pagePath, 'utf8') : '# Speed\n';
  const [from, to] = [page.indexOf(begin(section)), page.indexOf(end(section))];
  const written =
    from < 0 || to < 0 ? `${page}\n${text}\n` : page.slice(0, from) + text + page.slice(to + end(section).length);
  writeFileSync(pagePath, written);
  console.log(text);
}

function image(name: string, chart: Chart): string {
  writeFileSync(join(root, `docs/images/${name}.svg`), drawChart(chart));
  return `![${chart.title}](images/${name}.svg)`;
}

function machine(): string {
  const [cpu] = cpus();
  const load = loadavg()
    .map((value) => value.toFixed(1))
    .join(', ');
  const day = new Date().toISOString().slice(0, 10);
  return `${day}; ${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 1e9)} GB, ${process.platform}, Node ${process.versions.node}; load average at the end ${load}.`;
}

const table = (head: readonly string[], lines: readonly (readonly string[])[]): string =>
  [head, head.map((_title, i) => (i === 0 ? '---' : '--:')), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

const number = (value: number): string => Math.round(value).toLocaleString('en-US');
const ratio = (one: number, other: number): string => (one / other).toFixed(2);
const ms = (value: number): string => (Number.isNaN(value) ? '–' : `${value.toFixed(1)} ms`);
const us = (value: number): string => (Number.isFinite(value) ? `${Math.round(value)} µs` : '–');
