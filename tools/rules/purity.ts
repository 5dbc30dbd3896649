// Who may read the environment, the clock and the database, and draw random numbers (design: the house).
import { importsOf } from '../modules.ts';
import { place, type Rule, type SourceFile } from '../project.ts';
import { child, find, list, memberOf, type Node, nameOf } from '../syntax-tree.ts';

const isDriver = ({ path }: SourceFile): boolean => /^(e2e|bench|tools)\//.test(path);
// There is no context in a customer's browser, and a merchant's server has its own.
const isOutside = ({ path }: SourceFile): boolean =>
  /^examples\/|^packages\/elements\/|^apps\/[^/]+\/src\/(.+\/)?browser\/|^apps\/vault\/src\/frames\//.test(path);

// What runs on a merchant's machine, in an environment of its own.
const isMerchants = ({ path }: SourceFile): boolean => /^(examples|packages\/elements\/src\/testing)\//.test(path);

export const environmentIsReadOnce: Rule = ({ sources }) =>
  sources
    .filter((file) => file.path !== 'packages/kit/src/env.ts' && !isDriver(file) && !isMerchants(file))
    .flatMap((file) =>
      find(file.program, 'MemberExpression')
        .filter((node) => memberOf(node) === 'process.env')
        .map((node) => `${place(file, node)}: process.env is read in packages/kit/src/env.ts only`),
    );

const CONTEXT = ['packages/kit/src/context.ts', 'packages/kit/src/db/open.ts'];
const UNPREDICTABLE = ['randomBytes', 'randomUUID', 'randomInt', 'randomFillSync', 'randomFill', 'getRandomValues'];

export const clockAndChanceComeFromTheContext: Rule = ({ sources }) =>
  sources
    .filter((file) => !file.isTest && !CONTEXT.includes(file.path) && !isDriver(file) && !isOutside(file))
    .flatMap((file) =>
      unpredictable(file).map((node) => `${place(file, node)}: the clock and chance come from the context`),
    );

function unpredictable(file: SourceFile): Node[] {
  const members = find(file.program, 'MemberExpression').filter((node) => {
    const [object = '', property = ''] = memberOf(node)?.split('.') ?? [];
    return (
      ['Date.now', 'Math.random'].includes(`${object}.${property}`) ||
      (/crypto/i.test(object) && UNPREDICTABLE.includes(property))
    );
  });
  const dates = find(file.program, 'NewExpression', 'CallExpression').filter(
    (node) => nameOf(child(node, 'callee')) === 'Date' && list(node, 'arguments').length === 0,
  );
  const imports = importsOf(file).filter(
    ({ specifier, names }) => /^(node:)?crypto$/.test(specifier) && names.some((name) => UNPREDICTABLE.includes(name)),
  );
  return [...members, ...dates, ...imports.map(({ node }) => node)];
}

/** Read as a module it loads a client of HTTP that nobody here uses, into every program. */
export const httpComesAlone: Rule = ({ sources }) =>
  sources
    .filter((file) => !file.isTest && /^(apps|packages)\//.test(file.path) && !isOutside(file))
    .flatMap((file) =>
      importsOf(file)
        .filter(({ specifier, isType }) => /^(node:)?http$/.test(specifier) && !isType)
        .map(({ node }) => `${place(file, node)}: node:http comes from packages/kit/src/node-http.ts`),
    );

const SQL = ['sql', 'join', 'raw', 'empty'];
const ENGINES = ['pg', 'node:sqlite', 'sql-template-tag'];

export const sqlStaysInStores: Rule = ({ sources }) =>
  sources
    .filter(
      (file) =>
        !file.isTest && !isDriver(file) && !/^packages\/kit\/src\/db\/|^apps\/[^/]+\/src\/store\//.test(file.path),
    )
    .flatMap((file) =>
      importsOf(file)
        .filter(
          ({ specifier, names, isType }) =>
            ENGINES.includes(specifier) ||
            (/db\/handle(\.ts)?$/.test(specifier) && !isType && names.some((name) => SQL.includes(name))),
        )
        .map(({ node }) => `${place(file, node)}: SQL belongs under store/`),
    );

export const coreIsAlone: Rule = ({ sources }) =>
  sources
    .filter(({ path, isTest }) => path.startsWith('packages/core/') && !isTest)
    .flatMap((file) =>
      importsOf(file)
        .filter(({ specifier }) => !specifier.startsWith('.'))
        .map(({ node, specifier }) => `${place(file, node)}: core imports ${specifier}`),
    );
