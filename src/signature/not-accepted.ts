import type { SignatureCode } from './verify.js';

/** Refusals that say nothing about who signed: the algorithm or the key is one that is not accepted. */
export const NOT_ACCEPTED = [
  'signature-algorithm-refused',
  'signature-key-weak',
] as const satisfies readonly SignatureCode[];

export function isNotAccepted(code: SignatureCode): boolean {
  return NOT_ACCEPTED.some((other) => other === code);
}
