import { chooseResponders } from '../client/responder-url.js';
import { OcspbotError, toOcspbotError } from '../util/errors.js';
import { formatInstant } from '../util/time.js';
import { commonName } from '../x509/name.js';
import { assertOneIssuer } from './authorities.js';
import type { InspectedCertificate, InspectionContext } from './inspect.js';
import { decisionOf } from './decision.js';
import { skip } from './skip.js';

/** The result that a run would have for a certificate, as far as it is known before a responder is asked. */
export type Forecast =
  | { readonly kind: 'promising' }
  /** The certificate needs no staple, or none can be had. */
  | { readonly kind: 'not-applicable'; readonly message: string; readonly warnings: readonly string[] }
  | { readonly kind: 'failing'; readonly error: OcspbotError };

export function forecast(certificate: InspectedCertificate, context: InspectionContext): Forecast {
  try {
    const decision = decisionOf(certificate, context, 'due');
    if (decision.kind === 'skip') {
      const { message, warnings } = skip(certificate, decision.reason, context);
      return { kind: 'not-applicable', message, warnings };
    }
    chooseResponders(certificate.responders);
    assertOneIssuer(certificate.question);
    assertIssuerInForce(certificate, context);
    return { kind: 'promising' };
  } catch (error) {
    return { kind: 'failing', error: toOcspbotError(error) };
  }
}

/** Refuses an issuer whose certificate has expired: no response of it would pass verification. */
function assertIssuerInForce(
  { subject: { issuer } }: InspectedCertificate,
  { now }: InspectionContext,
): void {
  if (now <= issuer.notAfter) return;
  const name = commonName(issuer.subject);
  throw new OcspbotError(
    'issuer-expired',
    `the certificate of the issuer ${name} expired at ${formatInstant(issuer.notAfter)}`,
    {
      hint: 'put the current certificate of the issuer into `chain`',
    },
  );
}
