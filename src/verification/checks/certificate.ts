import { formatInstant } from '../../time/instant.js';
import { failed, notJudged, passed, type Check } from '../check.js';

/** Nobody staples a response beyond the end of the certificate, nor asks for one. */
const certificateValidity: Check = {
  step: 17,
  name: "certificate's validity",
  section: 'RFC 9919 §4.2',
  judge({ question: { certificateEnd }, now }) {
    if (certificateEnd === undefined) return notJudged('only a serial number is known');
    if (now > certificateEnd)
      return failed(
        'certificate-expired',
        () => `the certificate expired at ${formatInstant(certificateEnd)}`,
      );
    return passed(() => `the certificate is valid until ${formatInstant(certificateEnd)}`);
  },
};

export const certificateChecks: readonly Check[] = [certificateValidity];
