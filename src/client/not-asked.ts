import { OcspbotError, toOcspbotError } from '../util/errors.js';
import type { Admission } from './circuit-breaker.js';
import type { Fetched } from './types.js';

/** Tells that no request was sent because the responder or its host has failed too often in this run. */
export function spared({ responder, why }: Extract<Admission, { kind: 'refused' }>): Fetched {
  const error = new OcspbotError('not-asked', `not asked: ${why}`, {
    hint: 'see the errors of those; the next run asks again',
  });
  return { kind: 'refused', error, origin: { kind: 'responder', url: responder.href }, attempts: [] };
}

/** Tells that no request was sent because the run was stopped while the certificate waited for its turn. */
export function stopped({ reason }: AbortSignal): Fetched {
  const { message, hint } = toOcspbotError(reason);
  const error = new OcspbotError('not-asked', `not asked: ${message}`, { hint });
  return { kind: 'refused', error, origin: undefined, attempts: [] };
}
