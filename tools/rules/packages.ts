// Dependencies point one way: core ← contract ← kit ← apps, and apps meet over HTTP (design: the house).
import { builtinModules } from 'node:module';
import { importsOf, manifestsOf, resolverOf } from '../modules.ts';
import { place, type Rule, workspaceOf } from '../project.ts';

const PACKAGES = ['packages/core', 'packages/contract', 'packages/kit', 'packages/elements'];
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'packages/core': [],
  'packages/contract': ['packages/core'],
  'packages/kit': ['packages/core', 'packages/contract'],
  'packages/elements': ['packages/core', 'packages/contract'],
};
const DRIVERS = ['e2e', 'bench', 'tools'];

function mayImport(from: string, to: string): boolean {
  if (from === to || DRIVERS.includes(from) || from === '') return true;
  if (from === 'apps/cli') return PACKAGES.includes(to) || /^(apps|examples)\//.test(to);
  if (from.startsWith('examples/')) return to === 'packages/elements';
  return (MAY_IMPORT[from] ?? PACKAGES).includes(to);
}

export const dependenciesPointOneWay: Rule = (project) => {
  const resolve = resolverOf(project);
  return project.sources.flatMap((file) => {
    const from = workspaceOf(file.path);
    return importsOf(file).flatMap(({ node, specifier }) => {
      const target = resolve(file.path, specifier);
      const to = target === undefined ? from : workspaceOf(target);
      if (mayImport(from, to) || (file.isTest && to === 'e2e')) return [];
      return [`${place(file, node)}: ${from} imports ${to}`];
    });
  });
};

export const workspacesMeetBySubpath: Rule = ({ sources }) =>
  sources.flatMap((file) =>
    importsOf(file)
      .filter(({ specifier }) => specifier.startsWith('.'))
      .filter(({ specifier }) => {
        const { pathname } = new URL(specifier, `file:///${file.path}`);
        return workspaceOf(pathname.slice(1)) !== workspaceOf(file.path);
      })
      .map(({ node, specifier }) => `${place(file, node)}: ${specifier} leaves its workspace`),
  );

/** Handlers are the outermost layer: the list of routes names them, and nobody else. */
export const nothingImportsHandlers: Rule = (project) => {
  const resolve = resolverOf(project);
  const isHandler = (path: string): boolean => /^apps\/[^/]+\/src\/api\//.test(path);
  return project.sources
    .filter(({ path, isTest }) => !isTest && !isHandler(path) && !/^apps\/[^/]+\/src\/app\.ts$/.test(path))
    .flatMap((file) =>
      importsOf(file)
        .filter(({ specifier }) => isHandler(resolve(file.path, specifier) ?? ''))
        .map(({ node, specifier }) => `${place(file, node)}: imports the handler ${specifier}`),
    );
};

/** `npm ci --omit=dev` must bring whatever a program loads. */
export const importsAreDeclared: Rule = (project) => {
  const manifests = new Map(manifestsOf(project).map(({ folder, manifest }) => [folder, manifest]));
  return project.sources
    .filter(({ path, isTest }) => !isTest && /^(packages|apps|examples)\//.test(path))
    .flatMap((file) => {
      const folder = workspaceOf(file.path);
      const { dependencies = {}, devDependencies = {}, name } = manifests.get(folder) ?? { name: '' };
      // The SDK is bundled: its users install nothing with it.
      const declared = {
        ...(dependencies as object),
        ...(folder === 'packages/elements' ? (devDependencies as object) : {}),
      };
      return importsOf(file)
        .filter(
          ({ specifier, isType }) => !isType && !/^(\.|node:)/.test(specifier) && !builtinModules.includes(specifier),
        )
        .map(({ node, specifier }) => ({ node, dependency: (/^(@[^/]+\/)?[^/]+/.exec(specifier) ?? [''])[0] }))
        .filter(({ dependency }) => dependency !== name && !(dependency in declared))
        .map(({ node, dependency }) => `${place(file, node)}: ${folder}/package.json does not list ${dependency}`);
    });
};
