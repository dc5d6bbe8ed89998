import type { HttpSettings } from '../configuration/model.js';
import type { Cause } from '../transport/causes.js';
import type { Try } from '../transport/plan.js';

/** Failures of which the method may be the cause. */
const OF_METHOD: ReadonlySet<Cause> = new Set(['passing', 'request-refused', 'turned-away']);

/** Says of attempts that all failed what `http.method` has to do with it; undefined where nothing. */
export function methodAdvice(tries: readonly Try[], method: HttpSettings['method']): string | undefined {
  const failed = tries.filter(({ cause }) => OF_METHOD.has(cause));
  const methods = new Set(failed.map(({ attempt }) => attempt.form.method));
  if (methods.size === 2) return 'neither GET nor POST brought a usable response (http.method: auto)';
  if (methods.size === 0 || method === 'auto') return undefined;
  const other = method === 'get' ? 'POST' : 'GET';
  return `http.method: ${method} rules ${other} out, http.method: auto tries both`;
}
