// `npm run bench`: the table of the README. `-- matrix [--quick]` and `-- growth [--rows 10k,1m,10m]`, or both, one after the
// other: tables and charts of `docs/speed.md`.
import { parseArgs } from 'node:util';
import { benchPromises } from './promises.ts';
import { benchGrowth } from './speed/growth.ts';
import { benchMatrix, fullMatrix, quickMatrix } from './speed/matrix.ts';
import { readRows } from './speed/rows.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, rows: { type: 'string', default: '10k,1m' } },
});

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  promises: benchPromises,
  matrix: () => benchMatrix(values.quick ? quickMatrix : fullMatrix),
  growth: () => benchGrowth({ rows: readRows(values.rows), seconds: values.quick ? 1 : 1.5 }),
};

const wanted = positionals.length === 0 ? ['promises'] : positionals;
const unknown = wanted.find((name) => !(name in BENCHES));
if (unknown !== undefined) throw new Error(`there is no bench ${unknown}: ${Object.keys(BENCHES).join(', ')}`);
for (const name of wanted) await BENCHES[name]?.();
