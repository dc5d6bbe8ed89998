import { quote, SAFE, unsafeCharacter } from '../../util/text.js';
import { type Duration, DURATION_PATTERN, formatDuration, parseDuration } from '../../util/time.js';
import { nearest } from '../../util/nearest.js';
import { type JsonSchema, type Schema, mismatch, report, scalarOf, type Value } from './value.js';

/** Non-empty text without control characters. A bare number counts as text: file names may be numbers. */
export function text(expected: string): Schema<string> {
  return {
    expected,
    read: (value) => nonEmpty(value, readText(value, expected)),
    jsonSchema: () => textMatching(`^${SAFE}+$`),
  };
}

/** Makes the JSON Schema of text. A number without quotes is text, too. */
export function textMatching(pattern: string): JsonSchema {
  return { type: ['string', 'number'], pattern };
}

/** The path of a file. */
export const path = text('a path');

/** The path of a folder. An empty path is the folder that paths are relative to. */
export const folder: Schema<string> = {
  expected: 'the path of a folder',
  read: (value) => readText(value, 'the path of a folder'),
  jsonSchema: () => textMatching(`^${SAFE}*$`),
};

/** The same kind of value, or null for "none". */
export function orNull<T>(schema: Schema<T>): Schema<T | null> {
  return {
    expected: schema.expected,
    read: (value) => (scalarOf(value.node)?.type === 'nothing' ? null : schema.read(value)),
    jsonSchema: (describe) => ({ anyOf: [schema.jsonSchema(describe), { type: 'null' }] }),
  };
}

export function choice<const T extends string>(...choices: readonly T[]): Schema<T> {
  const expected = choices.map(quote).join(' or ');
  const read = (value: Value): T | undefined => {
    const scalar = scalarOf(value.node);
    if (scalar?.type !== 'text') return mismatch(value, expected);
    const found = choices.find((known) => known === scalar.text);
    if (found !== undefined) return found;
    const near = nearest(scalar.text, choices);
    const hint = near === undefined ? `write for example: ${value.example}` : `did you mean ${quote(near)}?`;
    return report(value, `${value.label} must be ${expected}, but is ${quote(scalar.text)}`, hint);
  };
  return { expected, read, jsonSchema: () => ({ enum: choices }) };
}

function readText(value: Value, expected: string): string | undefined {
  const scalar = scalarOf(value.node);
  if (scalar?.type !== 'text' && scalar?.type !== 'number') return mismatch(value, expected);
  const unsafe = unsafeCharacter(scalar.text);
  if (unsafe === undefined) return scalar.text;
  return report(value, `${value.label} contains the control character ${unsafe}`, 'remove it');
}

function nonEmpty(value: Value, read: string | undefined): string | undefined {
  if (read !== '') return read;
  return report(value, `${value.label} is empty`, `write for example: ${value.example}`);
}

export const truth: Schema<boolean> = {
  expected: 'true or false',
  read(value) {
    const scalar = scalarOf(value.node);
    return scalar?.type === 'truth' ? scalar.truth : mismatch(value, this.expected);
  },
  // Editors read YAML 1.2, where the other words for true and false are text.
  jsonSchema: () => ({
    type: ['boolean', 'string'],
    pattern: '^(?:[Yy]es|YES|[Oo]n|ON|[Nn]o|NO|[Oo]ff|OFF)$',
  }),
};

/** A whole number of at least 1. */
export const count: Schema<number> = {
  expected: 'a whole number of at least 1',
  read(value) {
    return readCount(value) ?? mismatch(value, this.expected);
  },
  jsonSchema: () => ({ type: 'integer', minimum: 1, maximum: 999_999_999 }),
};

export function countUpTo(greatest: number): Schema<number> {
  const expected = `a whole number from 1 to ${greatest}`;
  const read = (value: Value): number | undefined => {
    const found = readCount(value);
    return found !== undefined && found <= greatest ? found : mismatch(value, expected);
  };
  return { expected, read, jsonSchema: () => ({ type: 'integer', minimum: 1, maximum: greatest }) };
}

function readCount({ node }: Value): number | undefined {
  const scalar = scalarOf(node);
  const isCount = scalar?.type === 'number' && /^[1-9]\d{0,8}$/.test(scalar.text);
  return isCount ? Number(scalar.text) : undefined;
}

/** A number from 0 to 100, returned as a share from 0 to 1. */
export const percentage: Schema<number> = {
  expected: 'a number from 0 to 100',
  read(value) {
    const scalar = scalarOf(value.node);
    if (scalar?.type === 'text' && /^\d+(?:\.\d+)? ?%$/.test(scalar.text)) {
      return report(value, `${value.label} is written without a sign`, 'remove the %');
    }
    const share = scalar?.type === 'number' ? Number(scalar.text.replaceAll('_', '')) / 100 : Number.NaN;
    return share >= 0 && share <= 1 ? share : mismatch(value, this.expected);
  },
  jsonSchema: () => ({ type: 'number', minimum: 0, maximum: 100 }),
};

interface DurationRange {
  readonly least: Duration;
  readonly greatest: Duration;
}

/** A length of time with units. */
export function duration({ least, greatest }: DurationRange): Schema<Duration> {
  const expected = 'a duration';
  const read = (value: Value): Duration | undefined => {
    const scalar = scalarOf(value.node);
    if (scalar?.type === 'number') return withoutUnit(value, scalar.text);
    const length = scalar?.type === 'text' ? parseDuration(scalar.text) : undefined;
    if (length === undefined) return report(value, durationMessage(value, expected), UNITS_HINT);
    if (length >= least && length <= greatest) return length;
    const bound =
      length < least ? `at least ${formatDuration(least)}` : `at most ${formatDuration(greatest)}`;
    return report(value, `${value.label} must be ${bound}`, `write for example: ${value.example}`);
  };
  const notNothing = least > 0 ? '(?=.*[1-9])' : '';
  return {
    expected,
    read,
    jsonSchema: () => ({ type: 'string', pattern: `^${notNothing}${DURATION_PATTERN}$` }),
  };
}

const UNITS_HINT = 'write whole numbers with units: 3d, 12 hours, 1w 2d (s, m, h, d, w)';

function durationMessage(value: Value, expected: string): string {
  const scalar = scalarOf(value.node);
  switch (scalar?.type) {
    case 'text':
      return `${value.label} is ${quote(scalar.text)}, which is not a duration`;
    case 'nothing':
      return `${value.label} has no value`;
    default:
      return `${value.label} must be ${expected}`;
  }
}

function withoutUnit(value: Value, number: string): undefined {
  const hint = /^\d+$/.test(number) ? `add a unit: ${number}d for days, ${number}h for hours` : UNITS_HINT;
  return report(value, `${value.label} is ${number} of what?`, hint);
}

/** A number of bytes, at least 1: a whole number, optionally with a unit of 1024 or 1024² bytes. */
export function size(greatest: number): Schema<number> {
  const expected = `a number of bytes up to ${greatest}`;
  const read = (value: Value): number | undefined => {
    const scalar = scalarOf(value.node);
    const hasText = scalar?.type === 'number' || scalar?.type === 'text';
    const [, digits, unit = ''] = (hasText && /^(\d{1,10}) ?([kKmM]?)(?:i?[bB])?$/.exec(scalar.text)) || [];
    const bytes = Number(digits) * ({ k: 1024, m: 1024 * 1024 }[unit.toLowerCase()] ?? 1);
    return bytes >= 1 && bytes <= greatest ? bytes : mismatch(value, expected);
  };
  const withUnit = '^0*[1-9]\\d{0,9} ?[kKmM]?(?:i?[bB])?$';
  return {
    expected,
    read,
    jsonSchema: () => ({ type: ['integer', 'string'], minimum: 1, maximum: greatest, pattern: withUnit }),
  };
}
