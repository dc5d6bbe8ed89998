import { DerError, TAG, readOnly } from '../../asn1/der.js';
import { sameOctets } from '../../asn1/octets.js';
import { OID } from '../../ocsp/oids.js';
import { formatInstant } from '../../time/instant.js';
import { failed, notJudged, passed, type Check } from '../check.js';
import type { Facts } from '../facts.js';
import { reasonName } from '../revocation.js';

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
        return failed(
          'certificate-revoked',
          () => `revoked ${revokedAt(facts)}, reason ${reasonName(status.reason)}`,
        );
      case 'unknown':
        return failed('certificate-unknown', () => 'the responder does not know this certificate');
    }
  },
};

function revokedAt({ window }: Facts): string {
  if (window?.kind !== 'exact' || window.revocationTime === undefined) return 'at an unreadable time';
  return `at ${formatInstant(window.revocationTime)}`;
}

/**
 * A cache or an attacker may replay what was true before (RFC 9919 §8.1). What is not good is never installed, and
 * news of a revocation counts even where it is valid for a shorter time.
 */
const neverBackwards: Check = {
  step: 20,
  name: 'not older than the installed one',
  section: 'RFC 9919 §5',
  judge({ window, installed, match }) {
    if (installed === undefined) return passed(() => 'there is none to compare with');
    if (window?.kind !== 'exact' || match?.kind !== 'found') return notJudged('no times');
    const { thisUpdate, nextUpdate = Infinity } = window;
    const isGood = match.single.status.kind === 'good';
    if (thisUpdate >= installed.thisUpdate && (nextUpdate >= installed.nextUpdate || !isGood)) {
      return passed(() => `thisUpdate of the installed one is ${formatInstant(installed.thisUpdate)}`);
    }
    return failed(
      'older-than-installed',
      () =>
        `thisUpdate ${formatInstant(thisUpdate)}, but the installed one has ${formatInstant(installed.thisUpdate)} ` +
        `and is good until ${formatInstant(installed.nextUpdate)}`,
    );
  },
};

export const contentChecks: readonly Check[] = [nonce, certStatus, neverBackwards];
