import { nearest } from '../suggestions.js';
import { quote, unsafeCharacter } from '../../text/visible.js';
import { mismatch, report, scalarOf } from './kind.js';
import type { Kind, Value } from './kind.js';

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
