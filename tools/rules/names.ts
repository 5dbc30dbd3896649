// Names: kebab-case files, and no words that say nothing.
import { place, type Rule } from '../project.ts';
import { child, find, functionsOf, nameOf } from '../syntax-tree.ts';

const FILE = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/;
const EMPTY = ['manager', 'helper', 'helpers', 'util', 'utils'];
const EMPTY_FOR_THINGS = [...EMPTY, 'base', 'data', 'info'];
// A term of PCI DSS.
const CARD_DATA = /card-?data/i;

const words = (name: string): string[] =>
  name
    .replace(CARD_DATA, 'card')
    .split(/(?=[A-Z])|[-_.]/)
    .map((word) => word.toLowerCase());
const isService = (name: string): boolean => /.[-.]?services?$/i.test(name);

export const filesAreKebabCase: Rule = ({ texts }) =>
  texts
    .map(({ path }) => path)
    .filter((path) => /\.(ts|css|sql|svg)$/.test(path))
    .filter((path) => !path.split('/').every((part) => FILE.test(part)))
    .map((path) => `${path}: not kebab-case`);

export const filesSayWhatTheyHold: Rule = ({ sources }) =>
  sources
    .map(({ path }) => ({ path, name: (path.split('/').at(-1) ?? '').replace(/(\.(test|config))?\.ts$/, '') }))
    .filter(({ name }) => isService(name) || words(name).some((word) => EMPTY_FOR_THINGS.includes(word)))
    .map(({ path }) => `${path}: a name that says nothing`);

export const classesSayWhatTheyAre: Rule = ({ sources }) =>
  sources.flatMap((file) =>
    find(file.program, 'ClassDeclaration')
      .map((node) => ({ node, name: nameOf(child(node, 'id')) ?? '' }))
      .filter(({ name }) => isService(name) || words(name).some((word) => EMPTY_FOR_THINGS.includes(word)))
      .map(({ node, name }) => `${place(file, node)}: ${name} is a name that says nothing`),
  );

export const functionsSayWhatTheyDo: Rule = ({ sources }) =>
  sources.flatMap((file) =>
    functionsOf(file.program)
      .filter(({ name = '' }) => words(name).some((word) => EMPTY.includes(word)))
      .map(({ node, name }) => `${place(file, node)}: ${name} is a name that says nothing`),
  );
