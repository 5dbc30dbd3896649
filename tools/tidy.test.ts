// Style, executed: the budgets and names of the design hold for every file that is or may be committed.

import { check } from './check.ts';
import { filesAreShort, functionsAreShort, mostFilesAreShorter, parametersAreFew } from './rules/budgets.ts';
import { noImportCycle } from './rules/cycles.ts';
import { noDeadExport } from './rules/dead-exports.ts';
import {
  classesSayWhatTheyAre,
  filesAreKebabCase,
  filesSayWhatTheyHold,
  functionsSayWhatTheyDo,
} from './rules/names.ts';
import { noAny, noBarrel, noDefaultExport, noEnum } from './rules/syntax.ts';
import { filesSayWhatTheyAreFor, noMachinePath, nothingIsLeftForLater } from './rules/texts.ts';

const lines = (count: number): string => 'let x = 1;\n'.repeat(count);
const functionOf = (count: number): string => `function long() {\n${lines(count - 2)}}\n`;
const src = 'packages/core/src';
const elements = { 'packages/elements/package.json': '{"name":"@ozura/elements","exports":{".":"./src/index.ts"}}' };

check('a file has at most 300 lines, a test 500', filesAreShort, {
  bad: { 'a.ts': lines(301), 'a.test.ts': lines(501) },
  good: { 'a.ts': lines(300), 'a.test.ts': lines(500) },
});

check('most files have at most 100 lines, 19 of 20 at most 200', mostFilesAreShorter, {
  bad: { 'a.ts': lines(101), 'b.ts': lines(201) },
  good: { 'a.ts': lines(10), 'b.ts': lines(10), 'c.ts': lines(250), 'long.test.ts': lines(400) },
});

check('a function has at most 70 lines', functionsAreShort, {
  bad: {
    'a.ts': functionOf(71),
    'method.ts': `class A { m() {\n${lines(70)}} }`,
    'arrow.ts': `const f = () => {\n${lines(70)}};`,
    'own.test.ts': functionOf(71),
  },
  good: { 'a.ts': functionOf(70), 'block.test.ts': `describe('all', () => {\n${lines(200)}});` },
});

check('a function has at most four parameters', parametersAreFew, {
  bad: { 'a.ts': 'const f = (a: 1, b: 1, c: 1, d: 1, e: 1) => 1;', 'b.ts': 'class A { m(a, b, c, d, e) {} }' },
  good: { 'a.ts': 'function f(a: 1, b: 1, c: 1, { d, e, g }: D) {}' },
});

check('no file imports itself through others', noImportCycle, {
  beside: {
    [`${src}/b.ts`]: "import { c } from './deep/c.ts';",
    [`${src}/deep/c.ts`]: "import type { A } from '../a.ts';",
    'packages/core/package.json': '{"name":"@ozura/core","exports":{"./*":"./src/*.ts"}}',
  },
  bad: {
    [`${src}/a.ts`]: "export { b } from './b.ts';",
    [`${src}/deep/c.ts`]: "import { c } from '@ozura/core/deep/c';",
    [`${src}/d.ts`]: "const d = await import('./d.ts');",
  },
  good: { [`${src}/a.ts`]: 'export const a = 1;' },
});

check('every export is imported by something that is not a test', noDeadExport, {
  beside: {
    ...elements,
    [`${src}/user.ts`]: "import { used, type Kind } from './a.ts'; import * as all from './all.ts';",
    [`${src}/a.test.ts`]: "import { onlyTested } from './a.ts'; import { openBrowser } from '../../../e2e/browser.ts';",
  },
  bad: {
    [`${src}/a.ts`]: 'export const used = 1; export const unused = 2;',
    [`${src}/b.ts`]: 'export function unused() {}',
    [`${src}/c.ts`]: 'export interface Unused { a: 1 }',
    [`${src}/d.ts`]: 'const local = 1; export { local as unused };',
    [`${src}/e.ts`]: "export { unused } from './all.ts';",
    [`${src}/f.ts`]: 'export const onlyTested = 1;',
    'packages/elements/src/other.ts': 'export const unpublished = 1;',
  },
  good: {
    [`${src}/a.ts`]: 'export const used = 1; export type Kind = 1;',
    [`${src}/all.ts`]: 'export const one = 1; export const two = 2;',
    [`${src}/main.ts`]: 'export const start = 1;',
    [`${src}/type.ts`]: 'export interface Options { a: 1 }\nfunction open(options: Options) {}',
    'packages/elements/src/index.ts': 'export const published = 1;',
    'e2e/browser.ts': 'export const openBrowser = 1;',
  },
});

check('there is no any', noAny, {
  bad: { 'a.ts': 'let a: any;', 'b.ts': 'f(x as any);', 'c.ts': 'type A = Record<string, any[]>;' },
  good: { 'a.ts': "const any = 'any'; let a: unknown;" },
});

check('there is no enum', noEnum, {
  bad: { 'a.ts': 'enum A { one }', 'b.ts': 'export const enum A { one }' },
  good: { 'a.ts': "type A = 'one' | 'two';" },
});

check('there is no default export', noDefaultExport, {
  bad: { 'a.ts': 'export default 1;', 'b.ts': 'const a = 1; export { a as default };' },
  good: { 'vitest.config.ts': 'export default {};', 'a.ts': 'export const a = 1;' },
});

check('no file only re-exports, outside the published SDK', noBarrel, {
  bad: { [`${src}/index.ts`]: "// All.\nexport * from './a.ts';\nexport { b } from './b.ts';" },
  good: {
    'packages/elements/src/index.ts': "export { a } from './a.ts';",
    [`${src}/a.ts`]: "export { raw } from 'sql'; export const a = 1;",
  },
});

check('file names are kebab-case', filesAreKebabCase, {
  bad: { [`${src}/cardNumber.ts`]: '', [`${src}/Card/a.ts`]: '', 'a_b.sql': '' },
  good: { [`${src}/card-number.test.ts`]: '', 'migrations/0001-first.sql': '', 'README.md': '' },
});

check('file names say what the file holds', filesSayWhatTheyHold, {
  bad: {
    'session-manager.ts': '',
    'utils.ts': '',
    'session-data.ts': '',
    'payment-service.ts': '',
    'test-helpers.ts': '',
  },
  good: { 'card-data.ts': '', 'service-agreement.ts': '', 'database.ts': '', 'information.test.ts': '' },
});

check('class names say what the class is', classesSayWhatTheyAre, {
  bad: { 'a.ts': 'class SessionManager {}', 'b.ts': 'class BaseStore {}', 'c.ts': 'export class PayService {}' },
  good: { 'a.ts': 'class Refusal {}', 'b.ts': "type Service = 'pay';" },
});

check('function names say what the function does', functionsSayWhatTheyDo, {
  bad: {
    'a.ts': 'function sessionHelper() {}',
    'b.ts': 'const parseUtil = () => 1;',
    'c.ts': 'const o = { cardManager() {} };',
  },
  good: { 'a.ts': 'function openSession() {}' },
});

check('the first line of a file says what it is for', filesSayWhatTheyAreFor, {
  bad: {
    'a.ts': "import 'b';\n// Late.",
    'b.ts': '// Short',
    'c.sql': 'CREATE TABLE a;',
    'd.css': 'a {}',
    'e.sh': '#!/bin/sh\nset -e',
    'whole-system.test.ts': "import 'vitest';",
  },
  good: {
    'a.ts': '// Opens a session.\n',
    'b.sql': '-- Sessions and links.\n',
    'c.css': '/* The notice of a result page. */',
    'd.sh': '#!/bin/sh\n# Starts the server.\n',
    'e.json': '{}',
    'a.test.ts': "import 'vitest';",
  },
});

const slash = '/';
check('no line names a path of one machine', noMachinePath, {
  bad: { 'README.md': `cd ${slash}work/here`, 'a.ts': `// see ${slash}root/notes` },
  good: { 'README.md': 'cd apps/network/roots' },
});

check('nothing is left for later', nothingIsLeftForLater, {
  bad: { 'a.ts': `// ${'TO'}DO: more`, 'README.md': `${'FIX'}ME` },
  good: { 'a.ts': '// A todo list is a list.' },
});
