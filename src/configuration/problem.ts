import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { visible } from '../util/text.js';
import type { Position, Problem } from './model.js';

/**
 * All problems in the text of a configuration, and all defects of the disk, in the order of their positions. Nothing was
 * changed when it is thrown.
 */
export class ConfigurationError extends OcspbotError {
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    super('configuration-invalid', `the configuration ${visible(file)} has ${count}`, {
      hint: 'correct what is listed; nothing was changed',
    });
    this.problems = problems;
  }
}

/** Formats a problem: `file:line:column: message`, the line with a caret, and the hint. No line feed at the end. */
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

/** Formats problems with empty lines between them. If there are very many: the first ones, and the number of the rest. */
export function formatProblems(problems: readonly Problem[], shown: number = LIMITS.problemsShown): string {
  const texts = problems.slice(0, shown).map(formatProblem);
  if (problems.length > shown) texts.push(`and ${problems.length - shown} more`);
  return texts.join('\n\n');
}

/** Formats the configuration problems of an error, if it has any. */
export function problemsOf(error: OcspbotError): {
  forPeople: string;
  forPrograms: ReturnType<typeof problemToJson>[] | undefined;
} {
  if (!(error instanceof ConfigurationError)) return { forPeople: '', forPrograms: undefined };
  const forPrograms = error.problems.map(problemToJson);
  return { forPeople: `${formatProblems(error.problems)}\n\n`, forPrograms };
}

export function problemToJson({ position, message, hint }: Problem) {
  return { ...position, message, hint };
}

export function formatPosition({ file, line, column }: Position): string {
  return `${visible(file)}:${line}:${column}`;
}
