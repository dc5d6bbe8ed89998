import { chooseResponders } from '../client/responder-url.js';
import { OcspbotError, toOcspbotError } from '../util/errors.js';
import { formatInstant } from '../util/time.js';
import { commonName } from '../x509/name.js';
import { type InspectedCertificate, type InspectionContext, decisionOf } from './inspect.js';
import { skip } from './outcome-special.js';

/** What a run would come to with a certificate, as far as can be known before a responder is asked. */
export type Forecast =
  | { readonly kind: 'promising' }
  /** There is nothing to ask for. */
  | { readonly kind: 'not-applicable'; readonly message: string; readonly warnings: readonly string[] }
  | { readonly kind: 'failing'; readonly error: OcspbotError };

export function forecast(open: InspectedCertificate, context: InspectionContext): Forecast {
  try {
    const decision = decisionOf(open, context, 'due');
    if (decision.kind === 'skip') {
      const { message, warnings } = skip(open, decision.reason, context);
      return { kind: 'not-applicable', message, warnings };
    }
    chooseResponders(open.responders);
    assertIssuerInForce(open, context);
    return { kind: 'promising' };
  } catch (error) {
    return { kind: 'failing', error: toOcspbotError(error) };
  }
}

/** Whose certificate has ended may not speak any more. */
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
