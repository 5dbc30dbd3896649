// No file imports itself through others, not even for a type.
import { importsOf, resolverOf } from '../modules.ts';
import type { Project, Rule } from '../project.ts';

type Graph = ReadonlyMap<string, readonly string[]>;

export const noImportCycle: Rule = (project) => {
  const graph = graphOf(project);
  const finished = new Set<string>();
  const cycles: string[] = [];

  const visit = (path: string, trail: readonly string[]): void => {
    const from = trail.indexOf(path);
    if (from >= 0) cycles.push([...trail.slice(from), path].join(' → '));
    if (from >= 0 || finished.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    finished.add(path);
  };

  for (const path of graph.keys()) visit(path, []);
  return cycles;
};

function graphOf(project: Project): Graph {
  const resolve = resolverOf(project);
  return new Map(
    project.sources.map((file) => [
      file.path,
      importsOf(file).flatMap(({ specifier }) => resolve(file.path, specifier) ?? []),
    ]),
  );
}
