/*
 * The words of the tables that describe the reports of `--json`. Only the build loads these files: a run takes no time for
 * them. The compiler compares each table with the function that makes the report, by the types here.
 */

/** A value of a report: its meaning and its kind. `V` is the type of the value in the program. */
export interface Field<V = never> {
  readonly about: string;
  /** The field is left out where the value is undefined. */
  readonly isOptional: boolean;
  readonly value: Value;
  /** Only for the compiler: a table must describe at least what the program prints. */
  readonly describes?: (value: V) => void;
}

export type Value =
  | { readonly kind: 'text' | 'time' | 'code' | 'truth' | 'integer' | 'number' }
  /** The words that are possible, each with its meaning. */
  | { readonly kind: 'word'; readonly words: Readonly<Record<string, string>> }
  | { readonly kind: 'list'; readonly item: Value }
  | { readonly kind: 'object'; readonly fields: Fields };

export type Fields = Readonly<Record<string, Field>>;

/** The fields of a report or of an object in one. A field that is missing here does not compile, nor one too many. */
export type FieldsOf<T> = { readonly [K in KeyOf<T>]: Field<ValueOf<T, K>> };

/** The keys of all members of a union. */
type KeyOf<T> = T extends unknown ? keyof T & string : never;
type ValueOf<T, K> = T extends unknown ? (K extends keyof T ? T[K] : undefined) : never;

function scalar<V>(
  kind: 'text' | 'time' | 'code' | 'truth' | 'integer' | 'number',
): (about: string) => Field<V> {
  return (about) => ({ about, isOptional: false, value: { kind } });
}

/** A text for people: it may change with any version. */
export const text = scalar<string>('text');
/** A time in UTC. */
export const time = scalar<string>('time');
/** A stable word for programs, of a list that may grow. */
export const code = scalar<string>('code');
export const truth = scalar<boolean>('truth');
export const integer = scalar<number>('integer');
export const number = scalar<number>('number');

/** Describes a field with one of few stable words. */
export function word<const W extends string>(about: string, words: Readonly<Record<W, string>>): Field<W> {
  return { about, isOptional: false, value: { kind: 'word', words } };
}

export function optional<V>(field: Field<V>): Field<V | undefined> {
  return { about: field.about, isOptional: true, value: field.value };
}

/** A list of texts, of codes, or of objects with these fields. */
export function list<T>(about: string, item: FieldsOf<T>): Field<readonly T[]> {
  return { about, isOptional: false, value: { kind: 'list', item: { kind: 'object', fields: item } } };
}

export function texts(about: string): Field<readonly string[]> {
  return { about, isOptional: false, value: { kind: 'list', item: { kind: 'text' } } };
}

export function object<T>(about: string, fields: FieldsOf<T>): Field<T> {
  return { about, isOptional: false, value: { kind: 'object', fields } };
}

/** The type of an item of a list in a report. */
export type Item<L> = NonNullable<L> extends readonly (infer I)[] ? I : never;
