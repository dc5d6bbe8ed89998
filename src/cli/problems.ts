import type { Problem } from '../configuration/model.js';
import { ConfigurationError, formatProblems } from '../configuration/problem.js';
import type { OcspbotError } from '../errors.js';

/** The problems of a configuration that an error carries, if it does. */
export function problemsOf(error: OcspbotError): { forPeople: string; forPrograms: object[] | undefined } {
  if (!(error instanceof ConfigurationError)) return { forPeople: '', forPrograms: undefined };
  const forPrograms = error.problems.map(problemToJson);
  return { forPeople: `${formatProblems(error.problems)}\n\n`, forPrograms };
}

export function problemToJson({ position, message, hint }: Problem): object {
  return { ...position, message, hint };
}
