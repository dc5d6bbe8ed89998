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
  const { producedAt } = basic;
  const { thisUpdate, nextUpdate, status } = single;
  const revocation = status.kind === 'revoked' ? status.revocationTime : undefined;
  if (producedAt.kind === 'malformed') return { ...producedAt, field: 'producedAt' };
  if (thisUpdate.kind === 'malformed') return { ...thisUpdate, field: 'thisUpdate' };
  if (nextUpdate?.kind === 'malformed') return { ...nextUpdate, field: 'nextUpdate' };
  if (revocation?.kind === 'malformed') return { ...revocation, field: 'revocationTime' };
  const { assumedValidity } = policy;
  const assumed = assumedValidity === undefined ? undefined : thisUpdate.instant + assumedValidity;
  return {
    kind: 'exact',
    producedAt: producedAt.instant,
    thisUpdate: thisUpdate.instant,
    nextUpdate: nextUpdate === undefined ? assumed : nextUpdate.instant,
    nextUpdateIsAssumed: nextUpdate === undefined,
    revocationTime: revocation?.instant,
  };
}
