// How long a file and a function may be, and how many parameters a function may have (design: budgets).
import { place, type Rule, type SourceFile } from '../project.ts';
import { functionsOf, list, type Node } from '../syntax-tree.ts';

const lines = { median: 100, p95: 200, max: 300, test: 500 };
const functionLines = 70;
const parameters = 4;

export const filesAreShort: Rule = ({ sources }) =>
  sources
    .filter((file) => file.lines.length > (file.isTest ? lines.test : lines.max))
    .map((file) => `${file.path}: ${file.lines.length} lines`);

export const mostFilesAreShorter: Rule = ({ sources }) => {
  const sorted = sources
    .filter(({ isTest }) => !isTest)
    .map((file) => file.lines.length)
    .sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return [
    ...(at(0.5) > lines.median ? [`the median file has ${at(0.5)} lines, more than ${lines.median}`] : []),
    ...(at(0.95) > lines.p95 ? [`one file of twenty has ${at(0.95)} lines or more; ${lines.p95} are allowed`] : []),
  ];
};

export const functionsAreShort: Rule = ({ sources }) =>
  sources.flatMap((file) =>
    functionsOf(file.program)
      // The body of a `describe` holds many tests; each of them is a function itself.
      .filter(({ isArgument }) => !(file.isTest && isArgument))
      .filter(({ node }) => linesOf(file, node) > functionLines)
      .map(({ node, name }) => `${place(file, node)}: ${name ?? 'a function'} has ${linesOf(file, node)} lines`),
  );

const linesOf = (file: SourceFile, node: Node): number => file.text.slice(node.start, node.end).split('\n').length;

export const parametersAreFew: Rule = ({ sources }) =>
  sources.flatMap((file) =>
    functionsOf(file.program)
      .filter(({ node }) => list(node, 'params').length > parameters)
      .map(({ node, name }) => `${place(file, node)}: ${name ?? 'a function'} has more than ${parameters} parameters`),
  );
