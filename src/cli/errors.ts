import type { Problem } from '../configuration/model.js';
import { ConfigurationError, formatProblems } from '../configuration/problem.js';
import { OcspbotError } from '../util/errors.js';

/** Formats the configuration problems of an error, if it has any. */
export function problemsOf(error: OcspbotError): { forPeople: string; forPrograms: object[] | undefined } {
  if (!(error instanceof ConfigurationError)) return { forPeople: '', forPrograms: undefined };
  const forPrograms = error.problems.map(problemToJson);
  return { forPeople: `${formatProblems(error.problems)}\n\n`, forPrograms };
}

export function problemToJson({ position, message, hint }: Problem): object {
  return { ...position, message, hint };
}

/** Values of options as parseArgs of node:util returns them. */
export type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

/** Makes the error for a wrong command line. */
export function usage(message: string, hint = 'see ocspbot --help'): OcspbotError {
  return new OcspbotError('usage', message, { hint });
}
