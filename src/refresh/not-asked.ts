import { OcspbotError, toOcspbotError } from '../errors.js';
import { shownUrl } from '../text/printable.js';
import type { Admission } from './circuit-breaker.js';
import type { Obtained } from './source.js';

/** The responder has failed too many other certificates. */
export function spared({ responder, failures, code }: Extract<Admission, { kind: 'refused' }>): Obtained {
  const others = `${failures} other certificates in a row (${code})`;
  const message = `not asked: ${shownUrl(responder.href)} failed for ${others}`;
  const error = new OcspbotError('not-asked', message, {
    hint: 'see the errors of those; the next run asks again',
  });
  return { kind: 'refused', error, origin: { responder: responder.href } };
}

/** The run has been ended while the certificate waited for its turn. */
export function stopped({ reason }: AbortSignal): Obtained {
  const { message, hint } = toOcspbotError(reason);
  return { kind: 'refused', error: new OcspbotError('not-asked', `not asked: ${message}`, { hint }) };
}
