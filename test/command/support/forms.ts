import type { RecordedRequest } from '../../support/responder.js';

/** Formats a request as `GET sha1`, with `no-cache` if it bypassed caches. */
export function formOf({ method, headers, question }: RecordedRequest): string {
  const caches = headers['cache-control'];
  return [method, question?.hash, ...(caches === undefined ? [] : [caches])].join(' ');
}
