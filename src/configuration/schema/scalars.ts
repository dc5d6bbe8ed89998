import { quote, unsafeCharacter } from '../../util/text.js';
import { type Duration, formatDuration, parseDuration } from '../../util/time.js';
import { nearest } from '../problem.js';
import { type Kind, mismatch, report, scalarOf, type Value } from './value.js';

/** Non-empty text without control characters. A bare number counts as text: file names may be numbers. */
export function text(expected: string): Kind<string> {
  return { expected, read: (value) => nonEmpty(value, readText(value, expected)) };
}

/** The path of a file. */
export const path = text('a path');

/** The path of a folder; empty for the folder that paths are relative to. */
export const folder: Kind<string> = {
  expected: 'the path of a folder',
  read: (value) => readText(value, 'the path of a folder'),
};

/** Also null, for "none". */
export function orNull<T>(kind: Kind<T>): Kind<T | null> {
  return {
    expected: kind.expected,
    read: (value) => (scalarOf(value.node)?.type === 'nothing' ? null : kind.read(value)),
  };
}

export function choice<const T extends string>(...choices: readonly T[]): Kind<T> {
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
  return { expected, read };
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

export const truth: Kind<boolean> = {
  expected: 'true or false',
  read(value) {
    const scalar = scalarOf(value.node);
    return scalar?.type === 'truth' ? scalar.truth : mismatch(value, this.expected);
  },
};

/** A whole number of at least 1. */
export const count: Kind<number> = {
  expected: 'a whole number of at least 1',
  read(value) {
    return readCount(value) ?? mismatch(value, this.expected);
  },
};

export function countUpTo(greatest: number): Kind<number> {
  const expected = `a whole number from 1 to ${greatest}`;
  const read = (value: Value): number | undefined => {
    const found = readCount(value);
    return found !== undefined && found <= greatest ? found : mismatch(value, expected);
  };
  return { expected, read };
}

function readCount({ node }: Value): number | undefined {
  const scalar = scalarOf(node);
  const isCount = scalar?.type === 'number' && /^[1-9]\d{0,8}$/.test(scalar.text);
  return isCount ? Number(scalar.text) : undefined;
}

/** A number from 0 to 100, returned as a share from 0 to 1. */
export const percentage: Kind<number> = {
  expected: 'a number from 0 to 100',
  read(value) {
    const scalar = scalarOf(value.node);
    if (scalar?.type === 'text' && /^\d+(?:\.\d+)? ?%$/.test(scalar.text)) {
      return report(value, `${value.label} is written without a sign`, 'remove the %');
    }
    const share = scalar?.type === 'number' ? Number(scalar.text.replaceAll('_', '')) / 100 : Number.NaN;
    return share >= 0 && share <= 1 ? share : mismatch(value, this.expected);
  },
};

interface DurationRange {
  readonly least: Duration;
  readonly greatest: Duration;
}

/** A length of time with units. */
export function duration({ least, greatest }: DurationRange): Kind<Duration> {
  const expected = 'a length of time';
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
  return { expected, read };
}

const UNITS_HINT = 'write whole numbers with units: 3d, 12 hours, 1w 2d (s, m, h, d, w)';

function durationMessage(value: Value, expected: string): string {
  const scalar = scalarOf(value.node);
  switch (scalar?.type) {
    case 'text':
      return `${value.label} is ${quote(scalar.text)}, which is no length of time`;
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

/** Octets, at least 1: a whole number, or with a unit of 1024 or 1024² octets. */
export function size(greatest: number): Kind<number> {
  const expected = `a number of octets up to ${greatest}`;
  const read = (value: Value): number | undefined => {
    const scalar = scalarOf(value.node);
    const hasText = scalar?.type === 'number' || scalar?.type === 'text';
    const [, digits, unit = ''] = (hasText && /^(\d{1,10}) ?([kKmM]?)(?:i?[bB])?$/.exec(scalar.text)) || [];
    const octets = Number(digits) * ({ k: 1024, m: 1024 * 1024 }[unit.toLowerCase()] ?? 1);
    return octets >= 1 && octets <= greatest ? octets : mismatch(value, expected);
  };
  return { expected, read };
}
