import { DerError, TAG, readOnly } from '../../asn1/der.js';
import { sameOctets } from '../../asn1/octets.js';
import { OID } from '../../ocsp/oids.js';
import { formatInstant } from '../../time/instant.js';
import { failed, notJudged, passed, type Check } from '../check.js';
import type { Facts } from '../facts.js';
import type { CertStatus } from '../../ocsp/single-response.js';
import { isOlder, olderThan } from '../still-current.js';
import { CERTIFICATE_HOLD, reasonName } from '../revocation.js';

const nonce: Check = {
  step: 18,
  name: 'nonce',
  section: 'RFC 9654 §2.1, RFC 9919 §5',
  judge({ basic, asked }) {
    if (basic === undefined) return notJudged('no basic response');
    const extension = basic.extensions.get(OID.pkixOcspNonce);
    const sent = asked?.nonce;
    if (sent === undefined) return passed(() => 'none was sent');
    if (extension === undefined) return passed(() => 'one was sent, none came back: the times decide');
    if (sameNonce(extension.value, sent)) return passed(() => 'the one that was sent');
    return failed('nonce-mismatch', () => 'the nonce is not the one that was sent');
  },
};

function sameNonce(value: Uint8Array, sent: Uint8Array): boolean {
  try {
    return sameOctets(readOnly(value, TAG.octetString, 'Nonce').content, sent);
  } catch (error) {
    if (error instanceof DerError) return false;
    throw error;
  }
}

const certStatus: Check = {
  step: 19,
  name: 'certStatus',
  section: 'RFC 6960 §2.2',
  judge(facts) {
    if (facts.match?.kind !== 'found') return notJudged('no matching SingleResponse');
    const { status } = facts.match.single;
    switch (status.kind) {
      case 'good':
        return passed(() => 'good');
      case 'revoked':
        return isNonIssued(facts, status)
          ? failed('certificate-unknown', () => NON_ISSUED)
          : failed(
              'certificate-revoked',
              () => `revoked ${revokedAt(facts)}, reason ${reasonName(status.reason)}`,
            );
      case 'unknown':
        return failed('certificate-unknown', () => 'the responder does not know this certificate');
    }
  },
};

const NON_ISSUED =
  'the responder does not know this certificate (it says "revoked" as for one that was never issued)';

/** A responder may say "revoked" of what it does not know, and then says so in this form (RFC 6960 §2.2, §4.4.8). */
function isNonIssued(
  { basic, window }: Facts,
  { reason }: Extract<CertStatus, { kind: 'revoked' }>,
): boolean {
  const revokedAt = window?.kind === 'exact' ? window.revocationTime : undefined;
  const isHoldOf1970 = reason === CERTIFICATE_HOLD && revokedAt === 0;
  return isHoldOf1970 && basic?.extensions.has(OID.pkixOcspExtendedRevoke) === true;
}

function revokedAt({ window }: Facts): string {
  if (window?.kind !== 'exact' || window.revocationTime === undefined) return 'at an unreadable time';
  return `at ${formatInstant(window.revocationTime)}`;
}

/**
 * A cache or an attacker may replay what was true before (RFC 9919 §8.1), a revocation that was lifted as well. News
 * of a revocation count even where they are valid for a shorter time.
 */
const neverBackwards: Check = {
  step: 20,
  name: 'not older than the installed one',
  section: 'RFC 9919 §5',
  judge({ window, installed, mayBeOlder, match }) {
    if (installed === undefined) return passed(() => 'there is none to compare with');
    if (window?.kind !== 'exact' || match?.kind !== 'found') return notJudged('no times');
    const { thisUpdate, nextUpdate = Infinity } = window;
    const isGood = match.single.status.kind === 'good';
    if (isGood && mayBeOlder === true) return passed(() => 'an older one is wanted');
    const compared = { thisUpdate, nextUpdate: isGood ? nextUpdate : Infinity };
    return isOlder(compared, installed)
      ? failed('older-than-installed', () => olderThan(compared, installed))
      : passed(() => `thisUpdate of the installed one is ${formatInstant(installed.thisUpdate)}`);
  },
};

export const contentChecks: readonly Check[] = [nonce, certStatus, neverBackwards];
