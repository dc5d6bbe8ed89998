import type { Time } from '../asn1/time.js';
import type { ResponsePolicy } from '../configuration/model.js';
import type { BasicOcspResponse } from '../ocsp/response.js';
import type { SingleResponse } from '../ocsp/single-response.js';
import type { Instant } from '../time/instant.js';

/** The times of the matching SingleResponse. */
export type Window =
  | { readonly kind: 'malformed'; readonly field: string; readonly text: string; readonly problem: string }
  | {
      readonly kind: 'exact';
      readonly producedAt: Instant;
      readonly thisUpdate: Instant;
      /** As stated, or by `assumed_validity`, or nothing. */
      readonly nextUpdate: Instant | undefined;
      readonly nextUpdateIsAssumed: boolean;
      readonly revocationTime: Instant | undefined;
    };

export function readWindow(basic: BasicOcspResponse, single: SingleResponse, policy: ResponsePolicy): Window {
  const revocation = single.status.kind === 'revoked' ? single.status.revocationTime : undefined;
  const times = { producedAt: basic.producedAt, thisUpdate: single.thisUpdate };
  for (const [field, time] of Object.entries({
    ...times,
    nextUpdate: single.nextUpdate,
    revocationTime: revocation,
  })) {
    if (time?.kind === 'malformed') return { ...time, field };
  }
  const thisUpdate = exact(times.thisUpdate);
  const assumed = policy.assumedValidity === undefined ? undefined : thisUpdate + policy.assumedValidity;
  return {
    kind: 'exact',
    producedAt: exact(times.producedAt),
    thisUpdate,
    nextUpdate: single.nextUpdate === undefined ? assumed : exact(single.nextUpdate),
    nextUpdateIsAssumed: single.nextUpdate === undefined,
    revocationTime: revocation && exact(revocation),
  };
}

function exact(time: Time): Instant {
  if (time.kind === 'malformed') throw new TypeError('the malformed ones have been returned before');
  return time.instant;
}
