// Card data has few places (PCI DSS 3.3, 3.5): its types are importable there only, and processors translate, never send.
import { importsOf, resolverOf } from '../modules.ts';
import { place, type Rule } from '../project.ts';

const CARD_DATA = ['packages/core/src/card/number.ts', 'packages/core/src/card/security-code.ts'];
const IN_SCOPE = /^(apps\/vault|packages\/elements|packages\/core\/src\/card)\//;

export const cardDataStaysInScope: Rule = (project) => {
  const resolve = resolverOf(project);
  return project.sources
    .filter(({ path }) => !IN_SCOPE.test(path))
    .flatMap((file) =>
      importsOf(file)
        .filter(({ specifier }) => CARD_DATA.includes(resolve(file.path, specifier) ?? ''))
        .map(
          ({ node }) =>
            `${place(file, node)}: card numbers and security codes are handled by the Vault and Elements only`,
        ),
    );
};

const PROCESSORS = 'apps/pay/src/processors/';
const HASHING = ['createHash', 'createHmac', 'timingSafeEqual'];

export const processorsOnlyTranslate: Rule = (project) => {
  const resolve = resolverOf(project);
  return project.sources
    .filter(({ path, isTest }) => path.startsWith(PROCESSORS) && !isTest)
    .flatMap((file) =>
      importsOf(file)
        .filter(({ specifier, names, isType }) => {
          const target = resolve(file.path, specifier) ?? '';
          if (target.startsWith(PROCESSORS) || target.startsWith('packages/core/')) return false;
          if (target.startsWith('packages/contract/')) return !isType;
          return specifier !== 'node:crypto' || !names.every((name) => HASHING.includes(name));
        })
        .map(({ node, specifier }) => `${place(file, node)}: a processor imports ${specifier}`),
    );
};
