// Every package of others that runs in production was a decision, and somebody can read why.
import { manifestsOf } from '../modules.ts';
import type { Project, Rule } from '../project.ts';

const MOST: Readonly<Record<string, number>> = { 'apps/vault': 6, 'packages/elements': 0, 'packages/core': 0 };

const runtimeDependencies = (project: Project): { folder: string; names: string[] }[] =>
  manifestsOf(project).map(({ folder, manifest }) => ({
    folder,
    names: Object.keys((manifest.dependencies ?? {}) as object).filter((name) => !name.startsWith('@ozura/')),
  }));

export const dependenciesAreDecided: Rule = (project) => {
  const decisions = project.texts.filter(({ path }) => /^docs\/decisions\/.+\.md$/.test(path)).map(({ text }) => text);
  const isDecided = (name: string): boolean =>
    decisions.some((text) => text.includes(`\`${name}\``) || text.split('\n').includes(`## ${name}`));
  return runtimeDependencies(project).flatMap(({ folder, names }) =>
    names.filter((name) => !isDecided(name)).map((name) => `${folder}: no page of docs/decisions says why ${name}`),
  );
};

export const dependenciesAreFew: Rule = (project) =>
  runtimeDependencies(project)
    .filter(({ folder, names }) => names.length > (MOST[folder] ?? Number.POSITIVE_INFINITY))
    .map(({ folder, names }) => `${folder}: ${names.length} runtime dependencies, ${MOST[folder]} are allowed`);
