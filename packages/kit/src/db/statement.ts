// Statements from templates. A template without others inside it has the same text each time: it is put together once,
// and not from twenty pieces for every row, to be looked up by its letters then.
import sqlTag, { type RawValue, Sql } from 'sql-template-tag';

export type Statement = Sql;

type Texts = Pick<Sql, 'sql' | 'text'>;

const written = new WeakMap<readonly string[], Texts>();

class Template extends Sql {
  readonly #texts: Texts;

  constructor(strings: readonly string[], values: readonly RawValue[]) {
    super(strings, values);
    let texts = written.get(strings);
    if (texts === undefined) {
      texts = { sql: super.sql, text: super.text };
      written.set(strings, texts);
    }
    this.#texts = texts;
  }

  override get sql(): string {
    return this.#texts.sql;
  }

  override get text(): string {
    return this.#texts.text;
  }
}

const isStatement = (value: RawValue): boolean => value instanceof Sql;

/** `sql`select … where id = ${id}``: values are always bound, never spliced. */
export const sql = (strings: TemplateStringsArray, ...values: readonly RawValue[]): Statement =>
  values.some(isStatement) ? sqlTag(strings, ...values) : new Template(strings, values);

/** The same text with other values, none of which is a statement. */
export const withValues = ({ strings }: Statement, values: readonly unknown[]): Statement =>
  new Template(strings, values);
