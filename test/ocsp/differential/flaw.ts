import type { VerificationCode } from '../../../src/util/errors.js';
import type { Corrected } from './corrections.js';
import type { UnsignedResponse } from './unsigned-response.js';

/** A peculiarity or a fault of a response. */
export interface Flaw {
  /** The group of the flaw. A response has at most one flaw of each group. */
  readonly group: 'time' | 'identity' | 'signer' | 'structure' | 'encoding';
  /** The only kind of signer whose responses can have it. */
  readonly of?: 'issuer' | 'delegate';
  /** The verdict of both, or the code by which only ocspbot (and perhaps newer releases of OpenSSL) refuses it. */
  readonly outcome: 'accepted' | 'refused' | VerificationCode | Corrected;
  apply(unsigned: UnsignedResponse): void;
}

/** Makes the flaws of one group. */
export function group<Name extends string>(
  name: Flaw['group'],
  flaws: Readonly<Record<Name, readonly [Flaw['outcome'], Flaw['apply'], Flaw['of']?]>>,
): Record<Name, Flaw> {
  const entries = Object.entries<readonly [Flaw['outcome'], Flaw['apply'], Flaw['of']?]>(flaws);
  const made = entries.map(([key, [outcome, apply, of]]): [string, Flaw] => {
    return [key, { group: name, outcome, apply, ...(of === undefined ? {} : { of }) }];
  });
  return Object.fromEntries(made) as Record<Name, Flaw>;
}
