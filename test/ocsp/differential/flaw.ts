import type { VerificationCode } from '../../../src/util/errors.js';
import type { Corrected } from './corrections.js';
import type { UnsignedResponse } from './unsigned-response.js';

/** Something odd about a response, or plainly wrong. */
export interface Flaw {
  /** One of a group at a time. */
  readonly group: 'time' | 'identity' | 'signer' | 'structure' | 'encoding';
  /** Only a response signed by such a one can have it. */
  readonly of?: 'issuer' | 'delegate';
  /** What both make of it; or the code by which we refuse it, while OpenSSL does not, or some releases do not. */
  readonly outcome: 'accepted' | 'refused' | VerificationCode | Corrected;
  apply(unsigned: UnsignedResponse): void;
}

/** Flaws of one group. */
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
