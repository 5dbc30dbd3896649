// `ozura doctor`: whether a processor can be reached from here and knows the merchants by their credentials. Nothing is
// charged: it is asked for a session, or about a sale that nobody has made.
import type { OutputOf } from '@ozura/contract/endpoint';
import { checkProcessor } from '@ozura/contract/pay/admin/processors';
import { PROCESSOR_NAMES } from '@ozura/core/processor-credentials';
import { CannotStart } from './cannot-start.ts';
import { listAllMerchants } from './merchant/records.ts';
import { type Installation, operatorName, withInstallation } from './operator.ts';
import { asksForHelp, readWords, type Words } from './words.ts';

const usage = `Usage:
  ozura doctor --processor NAME [--merchant ID]

NAME    ${PROCESSOR_NAMES.join(', ')}; in test mode it is the processor's test environment that is asked
ID      a merchant; else every merchant who uses the processor
--json prints JSON.`;

export async function examine(args: readonly string[]): Promise<void> {
  if (asksForHelp(args)) return console.log(usage);
  const words = readWords(args, { positions: [], options: ['processor', 'merchant'], flags: ['json'] }, usage);
  const processor = words.needed('processor');
  if (!PROCESSOR_NAMES.some((name) => name === processor)) {
    throw new CannotStart(`there is no processor "${processor}"\n\n${usage}`);
  }
  await withInstallation((installation) => examineProcessor(installation, processor, words), operatorName(words));
}

type Finding = OutputOf<typeof checkProcessor>['data'] & { readonly merchantId: string };

async function examineProcessor(installation: Installation, processor: string, words: Words): Promise<void> {
  const merchant = words.text('merchant');
  const merchantIds = merchant === undefined ? await usersOf(installation, processor) : [merchant];
  if (merchantIds.length === 0) {
    throw new CannotStart(`no merchant uses ${processor}: give one its credentials with\n${howToSet('ID', processor)}`);
  }
  const findings: Finding[] = [];
  for (const merchantId of merchantIds) {
    const { data } = await installation.call(checkProcessor, { params: { merchantId, processor }, timeoutMs });
    findings.push({ ...data, merchantId });
  }
  words.print(findings, findings.flatMap(linesOf));
  const ill = findings.filter(({ finding }) => finding !== 'accepted');
  if (ill.length > 0) throw new CannotStart(`${processor} cannot be used by ${ill.length} of ${findings.length}`);
}

/** Longer than Pay waits for the processor. */
const timeoutMs = 30_000;

async function usersOf(installation: Installation, processor: string): Promise<string[]> {
  const merchants = await listAllMerchants(installation);
  return merchants.filter(({ processors }) => processors.includes(processor)).map(({ merchantId }) => merchantId);
}

const howToSet = (merchantId: string, processor: string): string =>
  `  ozura merchant processor set ${merchantId} ${processor}`;

const WHAT = {
  accepted: 'well',
  refused: 'its credentials are refused',
  unreachable: 'the processor cannot be reached',
  unanswered: 'the processor does not say',
  no_credentials: 'credentials are missing',
} as const satisfies Record<Finding['finding'], string>;

function linesOf({ merchantId, processor, address, isTried, finding, explanation }: Finding): string[] {
  const advice = {
    accepted: [],
    refused: [howToSet(merchantId, processor)],
    unreachable: [`  name resolution, a firewall, or the setting ${processor.toUpperCase()}_URL`],
    unanswered: ['  try again; if it stays, the address is another program, or the processor has trouble'],
    no_credentials: [howToSet(merchantId, processor)],
  }[finding];
  return [
    `${merchantId}  ${processor} at ${address}  ${WHAT[finding]}`,
    `  ${explanation}`,
    ...advice,
    ...(isTried ? [] : [`  no sale is sent there: ozura merchant processor order ${merchantId} …,${processor}`]),
  ];
}
