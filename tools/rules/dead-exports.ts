// An export that nobody imports is an unused promise. A test does not count: what only tests call is not needed.
import { posix } from 'node:path';
import { exportsOf, importsOf, manifestsOf, resolverOf, targetOf } from '../modules.ts';
import { type Project, place, type Rule, type SourceFile, workspaceOf } from '../project.ts';

// Their only users are tests.
const TEST_SUPPORT = ['e2e', 'tools'];
// Read by other programs: a program's start, Vitest's set-up, configuration, the routes of Next.js.
const ENTRY = /(^|\/)(main|[a-z-]+\.config)\.ts$|^e2e\/postgres\.ts$|^examples\/next\/app\/.*\/route\.ts$/;

export const noDeadExport: Rule = (project) => {
  const used = usedNames(project);
  const published = publishedFiles(project);
  return project.sources
    .filter((file) => !file.isTest && !ENTRY.test(file.path) && !published(file.path))
    .flatMap((file) => {
      const names = used.get(file.path) ?? new Set();
      return exportsOf(file)
        .filter(({ name, isType }) => !names.has(name) && !names.has('*') && !(isType && isMentioned(file, name)))
        .map(({ node, name }) => `${place(file, node)}: nobody imports ${name}`);
    });
};

/** A type that a signature of its own file names is used by whoever calls that. */
const isMentioned = ({ text }: SourceFile, name: string): boolean => text.split(new RegExp(`\\b${name}\\b`)).length > 2;

function usedNames(project: Project): Map<string, Set<string>> {
  const resolve = resolverOf(project);
  const used = new Map<string, Set<string>>();
  for (const file of project.sources) {
    for (const { specifier, names } of importsOf(file)) {
      const target = resolve(file.path, specifier);
      if (target === undefined || (file.isTest && !TEST_SUPPORT.includes(workspaceOf(target)))) continue;
      used.set(target, new Set([...(used.get(target) ?? []), ...names]));
    }
  }
  return used;
}

/** What the SDK's package.json offers to everybody. */
function publishedFiles(project: Project): (path: string) => boolean {
  const sdk = manifestsOf(project).find(({ folder }) => folder === 'packages/elements');
  const targets = Object.values(sdk?.manifest.exports ?? {}).map((entry) =>
    posix.join('packages/elements', targetOf(entry) ?? ''),
  );
  return (path) => targets.some((target) => posix.matchesGlob(path, target.replace('*', '**/*')));
}
