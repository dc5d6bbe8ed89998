import { equalBytes } from '../../../util/bytes.js';
import { formatInstant } from '../../../util/time.js';
import { DerError, readOnly, TAG } from '../../../x509/der.js';
import { OID } from '../../cert-id.js';
import type { CertStatus } from '../../response.js';
import { reasonName } from '../advice.js';
import { type Check, failed, notJudged, passed, warning } from '../check.js';
import type { Facts } from '../facts.js';
import { isOlder, olderThan } from '../still-current.js';

/** A critical one is accepted with a warning: mozilla::pkix has not sent the nonce of a staple, and refuses the response. */
const nonce: Check = {
  step: 18,
  name: 'nonce',
  section: 'RFC 9654 §2.1, RFC 9919 §5',
  judge({ basic, asked }) {
    if (basic === undefined) return notJudged('no basic response');
    const extension = basic.extensions.get(OID.pkixOcspNonce);
    const sent = asked?.nonce;
    const problem = extension && sent && otherNonce(extension.value, sent);
    if (problem !== undefined) return failed('nonce-mismatch', () => problem);
    const words = () => nonceWords(extension, sent);
    return extension?.critical === true
      ? warning('nonce-critical', () => `${words()}, as critical`)
      : passed(words);
  },
};

function nonceWords(extension: unknown, sent: unknown): string {
  if (sent === undefined) return extension === undefined ? 'none was sent' : 'none was sent, one came back';
  return extension === undefined ? 'one was sent, none came back: the times decide' : 'the one that was sent';
}

function otherNonce(value: Uint8Array, sent: Uint8Array): string | undefined {
  try {
    const { content } = readOnly(value, TAG.octetString, 'Nonce');
    return equalBytes(content, sent) ? undefined : 'the nonce is not the one that was sent';
  } catch (error) {
    if (error instanceof DerError) return `the nonce cannot be read: it ${error.message}`;
    throw error;
  }
}

const certStatus: Check = {
  step: 19,
  name: 'certStatus',
  section: 'RFC 6960 §2.2, §4.4.8',
  judge(facts) {
    if (facts.match?.kind !== 'found') return notJudged('no matching SingleResponse');
    const { status } = facts.match.single;
    const words = () => statusWords(status, facts);
    if (status.kind === 'good') return passed(words);
    return failed(status.kind === 'revoked' ? 'certificate-revoked' : 'certificate-unknown', words);
  },
};

function statusWords(status: CertStatus, { window }: Pick<Facts, 'window'>): string {
  switch (status.kind) {
    case 'good':
      return 'good';
    case 'revoked':
      return `revoked ${revokedAt(window)}, reason ${reasonName(status.reason)}`;
    case 'unknown':
      return 'the responder does not know this certificate';
    case 'non-issued':
      return 'the responder does not know this certificate (it says "revoked" as for one that was never issued)';
  }
}

function revokedAt(window: Facts['window']): string {
  if (window?.kind !== 'exact' || window.revocationTime === undefined) return 'at an unreadable time';
  return `at ${formatInstant(window.revocationTime)}`;
}

/**
 * A cache or an attacker may replay an older response (RFC 9919 §8.1), even a revocation that was lifted since. A newer
 * revocation counts even if its nextUpdate is earlier than that of the installed response.
 */
const neverBackwards: Check = {
  step: 20,
  name: 'not older than the installed one',
  section: 'RFC 9919 §5',
  judge(facts) {
    const { window, installed, mayBeOlder, match } = facts;
    if (installed === undefined) return passed(() => 'there is none to compare with');
    if (window?.kind !== 'exact' || match?.kind !== 'found') return notJudged('no times');
    const { status } = match.single;
    const isGood = status.kind === 'good';
    if (isGood && mayBeOlder === true) return passed(() => 'it may be older');
    const { thisUpdate, nextUpdate = Infinity } = window;
    const compared = isGood ? { thisUpdate, nextUpdate } : { thisUpdate };
    if (!isOlder(compared, installed))
      return passed(() => `thisUpdate of the installed one is ${formatInstant(installed.thisUpdate)}`);
    const olderNews = () => `"${statusWords(status, facts)}" is older than the good response in place: `;
    return failed(
      'older-than-installed',
      () => `${isGood ? '' : olderNews()}${olderThan(compared, installed)}`,
    );
  },
};

export const contentChecks: readonly Check[] = [nonce, certStatus, neverBackwards];
