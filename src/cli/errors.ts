import type { Problem } from '../configuration/model.js';
import { ConfigurationError, formatProblems } from '../configuration/problem.js';
import { OcspbotError } from '../util/errors.js';

/** The problems of a configuration that an error carries, if it does. */
export function problemsOf(error: OcspbotError): { forPeople: string; forPrograms: object[] | undefined } {
  if (!(error instanceof ConfigurationError)) return { forPeople: '', forPrograms: undefined };
  const forPrograms = error.problems.map(problemToJson);
  return { forPeople: `${formatProblems(error.problems)}\n\n`, forPrograms };
}

export function problemToJson({ position, message, hint }: Problem): object {
  return { ...position, message, hint };
}

/** Values of options as node:util gives them. */
export type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

/** The command line is wrong. */
export function usage(message: string, hint = 'see ocspbot --help'): OcspbotError {
  return new OcspbotError('usage', message, { hint });
}
