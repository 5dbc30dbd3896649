// `GET /openapi.json` of Checkout, Vault and Pay (contract 14.4): the document that `npm run openapi` has written.
import { readFile } from 'node:fs/promises';
import { describesItself } from '@ozura/contract/health';
import type { Service } from '@ozura/core/errors';
import type { Router } from './route.ts';

export function serveDescription(router: Pick<Router, 'serve'>, service: Service): void {
  const file = new URL(`../../../../docs/api/${service}.json`, import.meta.url);
  let document: Promise<object> | undefined;
  router.serve(describesItself(service), {
    authenticate: async () => undefined,
    handle: () => {
      document ??= readFile(file, 'utf8').then((text) => JSON.parse(text) as object);
      return document;
    },
  });
}
