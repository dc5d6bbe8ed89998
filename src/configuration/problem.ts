import { OcspbotError } from '../errors.js';
import { LIMITS } from '../defaults.js';
import type { Position, Problem } from './model.js';
import { visible } from '../text/visible.js';

/**
 * Problems in the text of a configuration, and with them what is wrong on the disk, in order of position. Nothing has been
 * touched when it is thrown.
 */
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
