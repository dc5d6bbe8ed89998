import type { VerificationCode } from '../../../util/errors.js';
import type { Extensions } from '../../../x509/certificate.js';
import { DerError, readOnly, TAG } from '../../../x509/der.js';
import { OID } from '../../cert-id.js';
import { type Check, failed, type Finding, notJudged, passed } from '../check.js';
import type { Match } from '../match.js';

const strictDer: Check = {
  step: 5,
  name: 'strict DER',
  section: 'RFC 6960 §4.2.1, X.690 §10',
  judge({ reading, match }) {
    const problem = reading.kind === 'malformed' ? reading.problem : unreadableTimestamps(match);
    return problem === undefined
      ? passed(() => 'an OCSPResponse, to the last octet')
      : failed('der-malformed', () => `the response ${problem}`);
  },
};

/**
 * Finds signed certificate timestamps that are not an OCTET STRING (RFC 6962 §3.3). They are the only extension of an answer
 * that mozilla::pkix reads, if the answer is good, and it refuses the response if it cannot.
 */
function unreadableTimestamps(match: Match | undefined): string | undefined {
  const answers = match?.kind === 'found' ? match.all.filter(({ status }) => status.kind === 'good') : [];
  for (const { extensions } of answers) {
    const timestamps = extensions.get(OID.signedCertificateTimestamps);
    const problem = timestamps && unreadable(timestamps.value);
    if (problem !== undefined) return `has signed certificate timestamps that cannot be read: it ${problem}`;
  }
  return undefined;
}

function unreadable(value: Uint8Array): string | undefined {
  try {
    readOnly(value, TAG.octetString, 'the list of timestamps');
    return undefined;
  } catch (error) {
    if (error instanceof DerError) return error.message;
    throw error;
  }
}

/** The values of OCSPResponseStatus (RFC 6960 §4.2.1); 4 is not used. */
const STATUSES: Readonly<Record<number, { name: string; code: VerificationCode }>> = {
  1: { name: 'malformedRequest', code: 'responder-malformed-request' },
  2: { name: 'internalError', code: 'responder-internal-error' },
  3: { name: 'tryLater', code: 'responder-try-later' },
  5: { name: 'sigRequired', code: 'responder-sig-required' },
  6: { name: 'unauthorized', code: 'responder-unauthorized' },
};

const responseStatus: Check = {
  step: 6,
  name: 'responseStatus',
  section: 'RFC 6960 §2.3, §4.2.1',
  judge({ reading }) {
    if (reading.kind === 'malformed') return notJudged('not readable');
    if (reading.kind !== 'error-status') return passed(() => 'successful');
    const { name, code } = STATUSES[reading.status] ?? {
      name: 'a reserved value',
      code: 'responder-status-unknown',
    };
    return failed(code, () => `the responder answered ${name} (${reading.status})`);
  },
};

const responseType: Check = {
  step: 7,
  name: 'responseType',
  section: 'RFC 6960 §4.2.1',
  judge({ reading }) {
    if (reading.kind === 'basic') return passed(() => 'id-pkix-ocsp-basic');
    if (reading.kind !== 'other-type') return notJudged('no response in it');
    return failed('response-type-unknown', () => `responseType ${reading.oid} is not id-pkix-ocsp-basic`);
  },
};

const version: Check = {
  step: 7,
  name: 'version',
  section: 'RFC 6960 §4.2.1',
  judge({ basic }) {
    if (basic === undefined) return notJudged('no basic response');
    if (basic.version === 0) return passed(() => 'v1');
    return failed('version-unsupported', () => `version field ${basic.version} is not v1`);
  },
};

const singleResponses: Check = {
  step: 7,
  name: 'responses',
  section: 'RFC 6960 §4.2.1',
  judge({ basic }) {
    if (basic === undefined) return notJudged('no basic response');
    if (basic.responses.length > 0) return passed(() => `${basic.responses.length} SingleResponse(s)`);
    return failed('no-single-response', () => 'the response speaks of no certificate at all');
  },
};

const criticalExtensions: Check = {
  step: 7,
  name: 'critical extensions',
  section: 'RFC 6960 §4.4, RFC 5280 §4.2',
  judge({ basic, match }) {
    if (basic === undefined) return notJudged('no basic response');
    const matching = match?.kind === 'found' ? match.all : [];
    return (
      unknownCritical([basic], 'the response', KNOWN) ??
      unknownCritical(matching, 'the SingleResponse') ??
      passed(() => 'none that is unknown')
    );
  },
};

/** A nonce is an extension of the whole response (RFC 6960 §4.4.1), which its own check looks at. */
const KNOWN: readonly string[] = [OID.pkixOcspNonce];

function unknownCritical(
  parts: readonly { readonly extensions: Extensions }[],
  where: string,
  known: readonly string[] = [],
): Finding | undefined {
  for (const [id, { critical }] of parts.flatMap(({ extensions }) => [...extensions])) {
    if (critical && !known.includes(id))
      return failed('critical-extension', () => `${where} has the unknown critical extension ${id}`);
  }
  return undefined;
}

export const structureChecks: readonly Check[] = [
  strictDer,
  responseStatus,
  responseType,
  version,
  singleResponses,
  criticalExtensions,
];
