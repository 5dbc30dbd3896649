// Who may import what, and who may touch the world: the boundaries of the design hold for every source file.
import { ERRORS } from '@ozura/core/errors';
import { describe, expect, it } from 'vitest';
import { check } from './check.ts';
import { projectOf, readProject } from './project.ts';
import { cardDataStaysInScope, processorsOnlyTranslate } from './rules/card-scope.ts';
import { listsDeclines } from './rules/decline-page.ts';
import { dependenciesAreDecided, dependenciesAreFew } from './rules/dependencies.ts';
import { listsCodes } from './rules/error-page.ts';
import {
  dependenciesPointOneWay,
  importsAreDeclared,
  nothingImportsHandlers,
  workspacesMeetBySubpath,
} from './rules/packages.ts';
import {
  clockAndChanceComeFromTheContext,
  coreIsAlone,
  environmentIsReadOnce,
  httpComesAlone,
  sqlStaysInStores,
} from './rules/purity.ts';
import { tellsOfAlarms } from './rules/runbook.ts';

const manifest = (name: string, more: object = {}): string =>
  JSON.stringify({ name: `@ozura/${name}`, exports: { './*': './src/*.ts' }, ...more });
const house = {
  'packages/core/package.json': manifest('core'),
  'packages/core/src/money.ts': '',
  'packages/core/src/card/number.ts': '',
  'packages/core/src/card/security-code.ts': '',
  'packages/contract/package.json': manifest('contract'),
  'packages/contract/src/endpoint.ts': '',
  'packages/kit/package.json': manifest('kit'),
  'packages/kit/src/db/handle.ts': '',
  'packages/elements/package.json': manifest('elements'),
  'packages/elements/src/server.ts': '',
  'apps/pay/package.json': manifest('pay'),
  'apps/pay/src/app.ts': "import { sell } from './api/card-sale.ts';",
  'apps/pay/src/api/card-sale.ts': '',
  'apps/vault/package.json': manifest('vault'),
  'apps/vault/src/app.ts': '',
  'e2e/package.json': '{"name":"@ozura/e2e","exports":{"./*":"./*.ts"}}',
  'e2e/databases.ts': '',
};

check('dependencies point one way', dependenciesPointOneWay, {
  beside: house,
  bad: {
    'packages/core/src/a.ts': "import '@ozura/contract/endpoint';",
    'packages/contract/src/a.ts': "import '@ozura/kit/db/handle';",
    'packages/kit/src/a.ts': "import '@ozura/elements/server';",
    'packages/elements/src/a.ts': "import type { Handle } from '@ozura/kit/db/handle';",
    'apps/pay/src/a.ts': "import '@ozura/vault/app';",
    'apps/vault/src/a.ts': "const pay = await import('@ozura/pay/app');",
    'apps/vault/src/b.ts': "import '@ozura/e2e/databases';",
    'examples/store/src/a.ts': "import '@ozura/core/money';",
  },
  good: {
    'apps/cli/src/start.ts': "import '@ozura/pay/app'; import '@ozura/vault/app'; import '@ozura/kit/db/handle';",
    'apps/pay/src/a.ts': "import '@ozura/core/money'; import '@ozura/contract/endpoint'; import 'fastify';",
    'apps/pay/src/store/a.test.ts': "import '@ozura/e2e/databases';",
    'e2e/a.ts': "import '@ozura/pay/app';",
  },
});

check('workspaces meet by the name of the package', workspacesMeetBySubpath, {
  bad: {
    'apps/pay/src/a.ts': "import '../../../packages/core/src/money.ts';",
    'apps/pay/src/api/b.test.ts': "import '../../../vault/src/app.ts';",
  },
  good: { 'apps/pay/src/api/a.ts': "import '../store/attempts.ts';" },
});

check('only the list of routes imports handlers', nothingImportsHandlers, {
  beside: house,
  bad: { 'apps/pay/src/jobs/a.ts': "import { sell } from '../api/card-sale.ts';" },
  good: { 'apps/pay/src/api/card-void.ts': "import { sell } from './card-sale.ts';" },
});

check('a workspace lists every package it loads', importsAreDeclared, {
  beside: {
    'apps/pay/package.json': manifest('pay', { dependencies: { undici: '1' }, devDependencies: { vitest: '1' } }),
  },
  bad: {
    'apps/pay/src/a.ts': "import fastify from 'fastify';",
    'apps/pay/src/b.ts': "import 'vitest';",
    'apps/pay/src/c.ts': "import '@ozura/kit/env';",
  },
  good: {
    'apps/pay/src/a.ts': "import { request } from 'undici'; import { createHash } from 'node:crypto';",
    'apps/pay/src/b.ts': "import type { FastifyReply } from 'fastify';",
    'apps/pay/src/c.test.ts': "import { it } from 'vitest';",
  },
});

check('the environment is read in one place', environmentIsReadOnce, {
  bad: { 'apps/pay/src/config.ts': 'const port = process.env.PORT;', 'packages/kit/src/a.ts': 'f(process.env);' },
  good: {
    'packages/kit/src/env.ts': 'process.env.PORT;',
    'e2e/a.ts': 'process.env.PORT;',
    'apps/pay/src/a.ts': 'env.PORT;',
  },
});

check('the clock and chance come from the context', clockAndChanceComeFromTheContext, {
  bad: {
    'apps/pay/src/a.ts': 'const now = Date.now();',
    'apps/pay/src/b.ts': 'const now = new Date();',
    'packages/core/src/c.ts': 'const dice = Math.random;',
    'apps/vault/src/d.ts': "import { randomBytes } from 'node:crypto';",
    'apps/vault/src/e.ts': 'crypto.randomUUID();',
    'packages/kit/src/f.ts': 'globalCrypto.getRandomValues(bytes);',
  },
  good: {
    'packages/kit/src/context.ts': 'Date.now();',
    'apps/checkout/src/browser/time-left.ts': 'Date.now();',
    'apps/pay/src/a.ts': 'const date = new Date(context.now()); context.random(16);',
    'apps/pay/src/a.test.ts': 'Date.now();',
  },
});

check('node:http comes without its client', httpComesAlone, {
  bad: {
    'apps/pay/src/a.ts': "import { createServer } from 'node:http';",
    'packages/kit/src/b.ts': "import http from 'node:http';",
    'packages/kit/src/c.ts': "import { type Server } from 'http';",
  },
  good: {
    'apps/pay/src/a.ts': "import { http } from '@ozura/kit/node-http';",
    'packages/kit/src/b.ts': "import type { Server } from 'node:http';",
    'examples/store/src/app.ts': "import { createServer } from 'node:http';",
  },
});

check('SQL stays in the stores', sqlStaysInStores, {
  bad: {
    'apps/pay/src/api/a.ts': "import { type Handle, sql } from '@ozura/kit/db/handle';",
    'packages/kit/src/jobs.ts': "import { raw } from './db/handle.ts';",
    'apps/pay/src/b.ts': "import pg from 'pg';",
    'apps/cli/src/c.ts': "import { DatabaseSync } from 'node:sqlite';",
  },
  good: {
    'apps/pay/src/store/attempts.ts': "import { sql } from '@ozura/kit/db/handle';",
    'apps/pay/src/a.ts': "import type { Handle } from '@ozura/kit/db/handle';",
    'packages/kit/src/db/postgres.ts': "import pg from 'pg';",
  },
});

check('core imports nothing but itself', coreIsAlone, {
  bad: {
    'packages/core/src/a.ts': "import { readFileSync } from 'node:fs';",
    'packages/core/src/b.ts': "import 'typebox';",
  },
  good: {
    'packages/core/src/a.ts': "import './money.ts';",
    'packages/core/src/a.test.ts': "import { it } from 'vitest';",
  },
});

check('card numbers and security codes stay in scope', cardDataStaysInScope, {
  beside: house,
  bad: {
    'apps/pay/src/a.ts': "import type { CardNumber } from '@ozura/core/card/number';",
    'apps/checkout/src/b.ts': "import { readSecurityCode } from '@ozura/core/card/security-code';",
    'packages/core/src/c.ts': "import './card/number.ts';",
  },
  good: {
    'apps/vault/src/a.ts': "import { readCardNumber } from '@ozura/core/card/number';",
    'packages/elements/src/frame.ts': "import '@ozura/core/card/security-code';",
    'apps/pay/src/a.ts': "import '@ozura/core/card/test-cards';",
  },
});

const elavon = 'apps/pay/src/processors/elavon';
check('processors only translate', processorsOnlyTranslate, {
  beside: { ...house, 'apps/pay/src/store/attempts.ts': '', 'apps/pay/src/processors/registry.ts': '' },
  bad: {
    [`${elavon}/a.ts`]: "import { request } from 'undici';",
    [`${elavon}/b.ts`]: "import '../../store/attempts.ts';",
    [`${elavon}/c.ts`]: "import { randomBytes } from 'node:crypto';",
    [`${elavon}/d.ts`]: "import { cardSale } from '@ozura/contract/endpoint';",
    [`${elavon}/e.ts`]: "import '@ozura/kit/db/handle';",
  },
  good: {
    [`${elavon}/a.ts`]: "import { parseMoney } from '@ozura/core/money'; import '../registry.ts';",
    [`${elavon}/b.ts`]: "import { createHmac } from 'node:crypto'; import type { E } from '@ozura/contract/endpoint';",
  },
});

check('every runtime dependency has a decision record', dependenciesAreDecided, {
  beside: { 'docs/decisions/0001-shell.md': 'We use `fastify`.\n## pg\nBecause.' },
  bad: { 'packages/kit/package.json': manifest('kit', { dependencies: { undici: '1' } }) },
  good: {
    'packages/kit/package.json': manifest('kit', { dependencies: { fastify: '1', pg: '1', '@ozura/core': '*' } }),
    'e2e/package.json': manifest('e2e', { devDependencies: { anything: '1' } }),
  },
});

check('the Vault depends on at most six packages, core and Elements on none', dependenciesAreFew, {
  bad: {
    'apps/vault/package.json': manifest('vault', { dependencies: { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1 } }),
    'packages/elements/package.json': manifest('elements', { dependencies: { a: 1 } }),
    'packages/core/package.json': manifest('core', { dependencies: { a: 1 } }),
  },
  good: { 'apps/vault/package.json': manifest('vault', { dependencies: { a: 1, b: 1, '@ozura/kit': '*' } }) },
});

const codes = {
  NOT_FOUND: { status: 404, message: 'Not found', retry: 'no', where: 'CV' },
  EXPIRED: {
    status: 402,
    message: 'Expired',
    retry: 'new',
    where: 'VP',
    in: { vault: { status: 400, message: 'Old' } },
  },
} as const;
const found = '| `NOT_FOUND` | 404 | Not found | no | Checkout, Vault |\n';
const expired = '| `EXPIRED` | 402 / 400 | Expired / Old | new | Vault, Pay |\n';

describe('docs/declines.md lists the decline codes', () => {
  it('is true of the project', () => {
    expect(listsDeclines(readProject())).toEqual([]);
  });
  it('would not be without a row', () => {
    const page = readProject().texts.find(({ path }) => path === 'docs/declines.md')?.text ?? '';
    const text = page.replace(/^.*`lost_card`.*\n/m, '');
    expect(listsDeclines(projectOf([{ path: 'docs/declines.md', text }]))).toHaveLength(1);
  });
});

check('docs/runbook.md says of every alarm what to do', tellsOfAlarms, {
  beside: { 'docs/runbook.md': '| `the books differ` |' },
  bad: { 'apps/pay/src/a.ts': "raiseAlarm(context, { err: error(1) }, 'the sky falls');" },
  good: { 'apps/pay/src/a.ts': "raiseAlarm(context, { ...of, amount: Number(x) }, 'the books differ');" },
});

describe('docs/errors.md lists the codes with status, message and retry', () => {
  it('is true of the project', () => {
    expect(listsCodes(ERRORS)(readProject())).toEqual([]);
  });
  it.each([
    ['a missing code', found],
    ['an unknown code', `${found}${expired}${found.replace('NOT_FOUND', 'LOST')}`],
    ['another status', found + expired.replace('402 / 400', '402')],
    ['another retry', found + expired.replace('new', 'yes')],
    ['another message', found.replace('Not found', 'Gone') + expired],
  ])('would not be with %s', (_what, text) => {
    expect(listsCodes(codes)(projectOf([{ path: 'docs/errors.md', text }]))).toHaveLength(1);
  });
  it('allows what is right', () => {
    expect(listsCodes(codes)(projectOf([{ path: 'docs/errors.md', text: found + expired }]))).toEqual([]);
  });
  it('says so when the page is missing', () => {
    expect(listsCodes(codes)(projectOf([]))).toEqual([expect.stringContaining('docs/errors.md is missing')]);
  });
});
