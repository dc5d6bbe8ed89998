import type { RecordedRequest } from '../../support/responder.js';

/** How somebody was asked, as `GET sha1`, and with `no-cache` where caches were passed. */
export function formOf({ method, headers, question }: RecordedRequest): string {
  const caches = headers['cache-control'];
  return [method, question?.hash, ...(caches === undefined ? [] : [caches])].join(' ');
}
