// What `docs/api` holds: for every service its OpenAPI document and a page to read, here and where it is served.

import type { Service } from '@ozura/core/errors';
import tools from '../package.json' with { type: 'json' };
import { type Described, documentOf } from './document.ts';
import { documentedPage } from './documented.ts';
import { checkoutExamples } from './examples/checkout.ts';
import { operationExamples } from './examples/operation.ts';
import { payExamples } from './examples/pay.ts';
import { vaultExamples } from './examples/vault.ts';
import { htmlOf } from './html.ts';
import { markdownOf } from './markdown.ts';
import { blocksOf } from './page.ts';
import { endpointsOf, SERVICES } from './records.ts';

const EXAMPLES = { checkout: checkoutExamples, vault: vaultExamples, pay: payExamples };

export const described = (service: Service): Described => ({
  service,
  version: tools.version,
  endpoints: endpointsOf(service),
  examples: { ...EXAMPLES[service], ...operationExamples },
});

/** Text by path from the root of the project. */
export function apiFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/api/documented-fields.md', documentedPage()],
    ...SERVICES.flatMap((service) => {
      const description = described(service);
      const document = documentOf(description);
      const blocks = blocksOf(description);
      const { title } = document.info as { title: string };
      return [
        [`docs/api/${service}.json`, `${JSON.stringify(document, null, 1)}\n`] as const,
        [`docs/api/${service}.md`, markdownOf(blocks, title, service)] as const,
        [`docs/api/${service}.html`, htmlOf(blocks, title, service)] as const,
      ];
    }),
  ]);
}
