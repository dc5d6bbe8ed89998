import type { FailureClass } from '../error-codes.js';
import type { SignatureCode } from './verify.js';

/** The algorithm or the key is not one of those that are accepted, whoever signed. */
export const NOT_ACCEPTED = [
  'signature-algorithm-refused',
  'signature-key-weak',
] as const satisfies readonly SignatureCode[];

export function classOfRefusal(code: SignatureCode): FailureClass {
  return NOT_ACCEPTED.some((other) => other === code) ? 'policy' : 'evidence';
}

/** Whether a refusal says that the key did not sign. By any other nobody can tell who signed. */
export function deniesSigner(code: SignatureCode): boolean {
  return code === 'signature-invalid' || code === 'signature-key-mismatch';
}
