// Reading untrusted JSON. A reader turns one value into a domain value or notes failures; nothing throws until all
// fields were read, so a caller hears of every failing field at once, in the order of the field table (contract 0.4).
import { holdsCardNumber } from './card/number-in-text.ts';
import { Refusal } from './errors.ts';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const NO_HEADERS: Headers = {};

/** What was noticed while reading one request. */
export class Intake {
  readonly failures: string[] = [];
  readonly warnings: string[] = [];
  /** Of the request, by lower-case name: a field may be sent in one of them instead of the body. */
  readonly headers: Headers;

  constructor(headers: Headers = NO_HEADERS) {
    this.headers = headers;
  }

  /** Notes a failure and stands in for the value that could not be read; `read` throws before anybody sees it. */
  fail(path: string, reason: string): undefined {
    this.failures.push(`${path}: ${reason}`);
    return undefined;
  }

  warn(path: string, text: string): void {
    this.warnings.push(`${path}: ${text}`);
  }
}

/** `undefined` means absent or failed; `null` in the input is the same as absent. */
export interface Reader<T> {
  (value: unknown, path: string, intake: Intake): T | undefined;
  /** For the description of the API (`npm run openapi`); a reader made of others need not repeat what those accept. */
  readonly accepts?: Accepts;
}

/** What a reader accepts: a JSON Schema, parts that have their own, or whatever another reader accepts. */
export type Accepts =
  | { readonly schema: Readonly<Record<string, unknown>> }
  /** Text of so many characters. */
  | { readonly length: readonly [min: number, max: number] }
  /** Text whose rule is told by its reason. */
  | { readonly text: string }
  | { readonly shape: Shape; readonly about?: Readonly<Record<string, string | undefined>> | undefined }
  | { readonly list: Reader<unknown>; readonly min: number; readonly max: number }
  | { readonly all: readonly Reader<unknown>[] }
  | { readonly as: () => Reader<unknown> };

// A page bundles only the readers that it uses: bundlers leave out a call whose result nobody takes.
/* @__NO_SIDE_EFFECTS__ */
export function accepting<T>(read: Reader<T>, accepts: Accepts): Reader<T> {
  return Object.assign(read, { accepts });
}

/** A reader that says whether a record may go without it. */
export interface Field<T, Needed extends boolean = boolean> {
  readonly read: Reader<T>;
  readonly needed: Needed;
  readonly aliases: readonly string[];
  /** Why it is needed, where that depends on other fields; else `is required`. */
  readonly missing?: string | undefined;
  /** Stands in for an absent value. */
  readonly fallback?: T | undefined;
  /** The reader itself finds what stands in for an absent value. */
  readonly readsAbsent?: true | undefined;
}

export type Shape = Record<string, Field<unknown>>;
type ValueOf<F> = F extends Field<infer T, infer Needed> ? (Needed extends true ? T : T | undefined) : never;
export type RecordOf<S extends Shape> = { readonly [K in keyof S]: ValueOf<S[K]> };

type Rest<T> = Partial<Pick<Field<T>, 'missing' | 'fallback' | 'readsAbsent'>>;

/** With every member, absent or not: all fields have one form then, and reading them is quick. */
const fieldOf = <T, Needed extends boolean>(
  needed: Needed,
  read: Reader<T>,
  aliases: readonly string[],
  { missing, fallback, readsAbsent }: Rest<T> = {},
): Field<T, Needed> => ({ read, needed, aliases, missing, fallback, readsAbsent });

export const required = <T>(read: Reader<T>, ...aliases: string[]): Field<T, true> => fieldOf(true, read, aliases);
export const optional = <T>(read: Reader<T>, ...aliases: string[]): Field<T, false> => fieldOf(false, read, aliases);

/** Needed because of what another field says. */
export const requiredBecause = <T>(read: Reader<T>, missing: string): Field<T, true> =>
  fieldOf(true, read, [], { missing });

/** Present in the result whether it was sent or not. */
export const withDefault = <T>(read: Reader<T>, fallback: T, ...aliases: string[]): Field<T, true> =>
  fieldOf(true, read, aliases, { fallback });

/** As `withDefault`, where the default has to be worked out: the reader gets `undefined`. */
export const withOwnDefault = <T>(read: Reader<T>, ...aliases: string[]): Field<T, true> =>
  fieldOf(true, read, aliases, { readsAbsent: true });

export function text(min: number, max: number, reason = `must be ${min}-${max} characters`): Reader<string> {
  const read: Reader<string> = (value, path, intake) => {
    if (typeof value !== 'string') return intake.fail(path, 'must be a string');
    const trimmed = value.trim();
    if (hasControlCharacter(trimmed)) return intake.fail(path, 'must not contain control characters');
    const length = trimmed.length > max ? [...trimmed].length : trimmed.length;
    return length < min || length > max ? intake.fail(path, reason) : trimmed;
  };
  return accepting(read, { length: [min, max] });
}

export function pattern(shape: RegExp, reason: string): Reader<string> {
  const read: Reader<string> = (value, path, intake) => {
    if (typeof value !== 'string') return intake.fail(path, 'must be a string');
    const trimmed = value.trim();
    return shape.test(trimmed) ? trimmed : intake.fail(path, reason);
  };
  return accepting(read, { schema: { type: 'string', pattern: shape.source, description: reason } });
}

/** A code such as `usd` in capitals, else empty. Of other alphabets some letters have capitals of ours: `ı`, `ſ`, `ß`. */
export const capitals = (value: unknown): string =>
  typeof value === 'string' && /^[a-z]+$/i.test(value.trim()) ? value.trim().toUpperCase() : '';

export const boolean = accepting<boolean>(
  (value, path, intake) => (typeof value === 'boolean' ? value : intake.fail(path, 'must be a boolean')),
  { schema: { type: 'boolean' } },
);

export function integer(
  min: number,
  max: number,
  reasons: { readonly type?: string; readonly range?: string } = {},
): Reader<number> {
  const read: Reader<number> = (value, path, intake) => {
    if (!Number.isSafeInteger(value)) return intake.fail(path, reasons.type ?? 'must be an integer');
    const number = (value as number) + 0;
    return number < min || number > max
      ? intake.fail(path, reasons.range ?? `must be between ${min} and ${max}`)
      : number;
  };
  return accepting(read, { schema: { type: 'integer', minimum: min, maximum: max } });
}

export function oneOf<const T extends string>(...allowed: readonly T[]): Reader<T> {
  const read: Reader<T> = (value, path, intake) => {
    if (typeof value !== 'string') return intake.fail(path, 'must be a string');
    const found = allowed.find((candidate) => candidate === value.trim());
    return found ?? intake.fail(path, `must be one of ${allowed.join(', ')}`);
  };
  return accepting(read, { schema: { type: 'string', enum: allowed } });
}

export function list<T>(
  item: Reader<T>,
  min: number,
  max: number,
  reason = `must have ${min}-${max} entries`,
): Reader<T[]> {
  const read: Reader<T[]> = (value, path, intake) => {
    if (!Array.isArray(value)) return intake.fail(path, 'must be an array');
    if (value.length < min || value.length > max) return intake.fail(path, reason);
    return value.map((entry, index) =>
      entry == null
        ? (intake.fail(`${path}[${index}]`, 'is required') as T)
        : (item(entry, `${path}[${index}]`, intake) as T),
    );
  };
  return accepting(read, { list: item, min, max });
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export interface RecordOptions<S extends Shape> {
  /** What members are for, where the name does not say it. */
  readonly about?: { readonly [K in keyof S]?: string };
}

/** Reads the members of `shape` in its order. */
export const record = <S extends Shape>(shape: S, options: RecordOptions<S> = {}): Reader<RecordOf<S>> =>
  accepting(membersOf(shape, ignoreUnknown), { shape, about: options.about });

/** Unknown members are ignored by every record; this one mentions them. */
export const recordWithWarnings = <S extends Shape>(shape: S, options: RecordOptions<S> = {}): Reader<RecordOf<S>> =>
  accepting(membersOf(shape, mentionUnknown), { shape, about: options.about });

type OnUnknown = (name: string, path: string, intake: Intake) => void;

const ignoreUnknown: OnUnknown = () => undefined;

/** A name that nobody knows is told, unless it is somebody's card number. */
const mentionUnknown: OnUnknown = (name, path, intake) =>
  intake.warn(holdsCardNumber(name) ? '…' : memberOf(path, name), 'unknown field ignored');

/** Goes by what was sent, for of most records most members are absent, and each look for one costs as much as a reading. */
function membersOf<S extends Shape>(shape: S, onUnknown: OnUnknown): Reader<RecordOf<S>> {
  const fields = Object.entries<Field<unknown>>(shape);
  const places = new Map(fields.flatMap(([, { aliases }], place) => aliases.map((alias) => [alias, place])));
  for (const [place, [name]] of fields.entries()) places.set(name, place);
  const absent = Object.fromEntries(fields.map(([name, field]) => [name, standIn(field)]));
  return (value, path, intake) => {
    if (!isObject(value)) return intake.fail(path, 'must be an object');
    const sent = new Array<unknown>(fields.length);
    const unknown: string[] = [];
    for (const name of Object.keys(value)) {
      const place = places.get(name);
      if (place === undefined) unknown.push(name);
      else sent[place] = value[name];
    }
    // A copy has all its members from the start: one that gets more than twelve by their names becomes a dictionary.
    // Not by `...`, which copies member by member where it has met more than a few kinds of objects.
    const result: Record<string, unknown> = Object.assign({}, absent);
    for (let place = 0; place < fields.length; place += 1) {
      const [name, field] = fields[place] as [string, Field<unknown>];
      const found = field.aliases.length === 0 ? sent[place] : sentValue(value, name, field.aliases);
      if (found != null) result[name] = field.read(found, memberOf(path, name), intake);
      else if (field.readsAbsent === true) result[name] = field.read(undefined, memberOf(path, name), intake);
      else if (field.needed && field.fallback === undefined) {
        intake.fail(memberOf(path, name), field.missing ?? 'is required');
      }
    }
    for (const name of unknown) onUnknown(name, path, intake);
    return result as RecordOf<S>;
  };
}

/** Of an absent value, unless its reader finds it. */
const standIn = ({ readsAbsent, fallback }: Field<unknown>): unknown => (readsAbsent === true ? undefined : fallback);

const memberOf = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** Under its own name before its aliases; `null` is the same as absent. */
function sentValue(from: Record<string, unknown>, name: string, aliases: readonly string[]): unknown {
  const sent = from[name];
  if (sent != null && Object.hasOwn(from, name)) return sent;
  for (const alias of aliases) if (from[alias] != null && Object.hasOwn(from, alias)) return from[alias];
  return undefined;
}

/** Throws the failures noted so far as one `VALIDATION_FAILED`: one failure is the message, more become `details`. */
export function refuseFailures(intake: Intake): void {
  const [first, second] = intake.failures;
  if (first === undefined) return;
  if (second === undefined) throw new Refusal('VALIDATION_FAILED', { message: first });
  throw new Refusal('VALIDATION_FAILED', { details: intake.failures });
}

/** Reads a whole body, or throws all its failures. */
export function readAll<T>(reader: Reader<T>, value: unknown, intake: Intake = new Intake()): T {
  const result = reader(value, '', intake);
  refuseFailures(intake);
  return result as T;
}

/** C0, DEL and C1 controls: whatever stands outside of what is between them. */
export const hasControlCharacter = (value: string): boolean => /[^\x20-\x7e\xa0-\uffff]/.test(value);
