// `npm run simulate -- --seeds 100000 [--from 1]` runs that many stories, `-- --seed 1234` one of them.
// `--wire converge` lets every processor speak Elavon's format, through its adapter; `--wire nuvei` Nuvei's,
// `--wire access-worldpay` Worldpay's.
// A story that ends badly prints the line that tells it again.
import { parseArgs } from 'node:util';
import { WIRES } from './simulation/processor-books.ts';
import { runSeed } from './simulation/scenario.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    wire: { type: 'string' },
  },
});

const wire = WIRES.find((name) => name === values.wire);
if (values.wire !== undefined && wire === undefined) throw new Error(`--wire: one of ${WIRES.join(', ')}`);
const [first, count] =
  values.seed === undefined ? [Number(values.from), Number(values.seeds)] : [Number(values.seed), 1];
const startedAtMs = Date.now();
let failed = 0;
for (let seed = first; seed < first + count; seed += 1) {
  const { problems } = await runSeed(seed, wire);
  if (problems.length === 0) continue;
  failed += 1;
  console.log(`npm run simulate -- --seed ${seed}${wire === undefined ? '' : ` --wire ${wire}`}`);
  for (const problem of problems) console.log(`  ${problem}`);
}
const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1);
console.log(`${count} stories from seed ${first} in ${seconds} s, ${failed} ended badly`);
process.exitCode = failed === 0 ? 0 : 1;
