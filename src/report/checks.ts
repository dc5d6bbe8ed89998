import type { CheckResult } from '../ocsp/verify/check.js';
import type { FailureClass } from '../util/errors.js';

/** A check as it is shown. The check of certificate and issuer comes before those of the response. */
export type ShownCheck = Pick<CheckResult, 'step' | 'name' | 'section' | 'outcome' | 'evidence'> & {
  readonly code?: string;
  readonly class?: FailureClass;
  readonly remedy?: string | undefined;
};

export function checksToJson(checks: readonly ShownCheck[]) {
  return checks.map(({ evidence, remedy, ...check }) => ({ ...check, evidence: evidence(), remedy }));
}

/** Makes a line for each check. Below a check that did not pass is the remedy. */
export function checkLines(checks: readonly ShownCheck[]): string[] {
  return checks.flatMap(({ step, name, section, outcome, evidence, code, class: kind, remedy }) => {
    const line = `${String(step).padStart(2)}  ${outcome.padEnd(10)}  ${name}: ${evidence()} (${section})`;
    if (code === undefined) return [line];
    const why = `    ${[code, kind].filter((part) => part !== undefined).join(', ')}`;
    return [line, remedy === undefined ? why : `${why}: ${remedy}`];
  });
}
