import { problemsOf } from '../configuration/problem.js';
import { statusOfError } from '../report/exit-status.js';
import { SCHEMA } from '../report/json.js';
import { attention } from '../report/text.js';
import type { OcspbotError } from '../util/errors.js';
import { presentable } from '../util/text.js';
import { lineFor, toJsonText } from './console.js';
import type { Sinks } from './sinks.js';

/** Reports an error that stops a whole command: as text, and as JSON if requested. */
export function reportFailure(error: OcspbotError, json: boolean, sinks: Sinks): number {
  const { stderr, format } = sinks;
  const status = statusOfError(error.code);
  if (json) printFailure(error, status, sinks);
  const stack = error.code === 'internal' && error.cause instanceof Error ? `\n${error.cause.stack}` : '';
  const { text } = attention('error', error.message + stack, error.hint);
  const { forPeople } = problemsOf(error);
  stderr.write(lineFor(stderr, { severity: 'error', text: presentable(forPeople + text) }, format));
  return status;
}

/** Prints an error in the place of the report for programs. */
function printFailure(error: OcspbotError, status: number, { stdout }: Pick<Sinks, 'stdout'>): void {
  stdout.write(presentable(toJsonText(failureToJson(error, status))));
}

export function failureToJson(error: OcspbotError, status: number) {
  const { code, message, hint } = error;
  const failure = { code, message, hint, problems: problemsOf(error).forPrograms };
  return { schema: SCHEMA, status, error: failure };
}
