import { OcspbotError } from '../errors.js';
import { LIMITS } from '../defaults.js';
import type { Position } from './model.js';
import { visible } from '../text/visible.js';

/** The line of a problem as it is shown: cut to a readable length, without control characters. */
export interface Excerpt {
  readonly text: string;
  /** Where the caret stands, from 0. */
  readonly indent: number;
  readonly length: number;
}

/** Something in the configuration that has to be put right. */
export interface Problem {
  readonly position: Position;
  readonly message: string;
  /** What to do about it. */
  readonly hint: string | undefined;
  /** undefined where a line would say nothing, or too much: of a private key for example. */
  readonly excerpt: Excerpt | undefined;
}

/** All problems of a configuration, in order of their position. Nothing has been touched when it is thrown. */
export class ConfigurationError extends OcspbotError {
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    super('configuration-invalid', `the configuration ${visible(file)} has ${count}`, {
      hint: 'put right what is listed; nothing was changed',
    });
    this.problems = problems;
  }
}

/** `file:line:column: message`, the line with a caret, and the hint; no line feed at the end. */
export function formatProblem({ position, message, hint, excerpt }: Problem): string {
  const lines = [`${formatPosition(position)}: ${message}`];
  if (excerpt !== undefined) {
    const number = String(position.line);
    lines.push(`  ${number} | ${excerpt.text}`);
    lines.push(`  ${' '.repeat(number.length)} | ${' '.repeat(excerpt.indent)}${'^'.repeat(excerpt.length)}`);
  }
  if (hint !== undefined) lines.push(`  ${hint}`);
  return lines.join('\n');
}

/** The problems with empty lines between them; of very many the first ones, and how many there are besides. */
export function formatProblems(problems: readonly Problem[], shown: number = LIMITS.problemsShown): string {
  const texts = problems.slice(0, shown).map(formatProblem);
  if (problems.length > shown) texts.push(`and ${problems.length - shown} more`);
  return texts.join('\n\n');
}

export function formatPosition({ file, line, column }: Position): string {
  return `${visible(file)}:${line}:${column}`;
}
