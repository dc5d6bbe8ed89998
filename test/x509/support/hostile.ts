import { makeAuthority, type TestCertificate } from '../../support/ca.js';
import { toPem } from '../../support/certificates.js';
import {
  bits,
  certificateTime,
  concat,
  explicit,
  int,
  type Octets,
  oid,
  seq,
  set,
  utf8,
} from '../../support/der.js';
import { basicConstraints, extendedKeyUsage, keyUsage, noCheck } from '../../support/extensions.js';
import { makeParts, responderByName, wrap } from '../../support/responses.js';
import { sign, signatureAlgorithm, type SignatureName } from '../../support/signing.js';
import type { BrokenKey } from './broken-keys/broken-key.js';

const HOUR = 3_600_000;
const now = Date.now();
/** This notAfter puts an issuer first: the one that is valid longest is tried first. */
const LATER_THAN_OTHERS = Date.UTC(2048, 0, 1);

/** A sound CA and a certificate from it. */
export const authority = makeAuthority({ name: 'Sound' });
export const leaf = authority.issue({ subject: 'leaf.example', ocspUrls: [] });
const issuer = authority.intermediate;

const DELEGATE = seq(set(seq(oid('2.5.4.3'), utf8('Hostile Delegate'))));

/** Certificates and responses with one broken key, wherever a stranger or a mistake can put it. */
export interface Hostile {
  /** Certified by the issuer for OCSP signing. */
  readonly delegate: Octets;
  /** A CA of the issuer's name. */
  readonly otherIssuer: Octets;
  /** A CA of the root's name. */
  readonly otherRoot: Octets;
  /**
   * Responses with the key in an embedded certificate: from a delegate, and from a signer without a certificate of the
   * issuer.
   */
  readonly responses: readonly [delegated: Octets, strange: Octets];
  /** A response in the name of the issuer without a valid signature. */
  readonly forged: Octets;
}

export function hostileOf({ name, spki }: BrokenKey): Hostile {
  const usage = [extendedKeyUsage(['ocspSigning']), keyUsage(['digitalSignature']), noCheck()];
  const delegate = certify(spki, DELEGATE, issuer, usage);
  const stranger = certify(spki, DELEGATE, authority.root, usage);
  const otherIssuer = certify(spki, issuer.name, authority.root, [basicConstraints(true)]);
  const algorithm = signatureAlgorithm(algorithmOf(name));
  const answer = (responder: Octets, certificates: Octets) =>
    wrap({ ...partsBy(responder), algorithm, certificates });
  return {
    delegate,
    otherIssuer,
    otherRoot: certify(spki, authority.root.name, authority.root, [basicConstraints(true)]),
    responses: [answer(DELEGATE, explicit(0, seq(delegate))), answer(DELEGATE, explicit(0, seq(stranger)))],
    forged: answer(issuer.name, concat()),
  };
}

export function pem(der: Octets): string {
  return toPem('CERTIFICATE', der);
}

/** An algorithm by which the key would be used, if it were sound. */
function algorithmOf(name: string): SignatureName {
  if (name.includes('PSS')) return 'pss-sha256';
  if (name.startsWith('RSA')) return 'rsa-sha256';
  if (name.startsWith('Ed25519')) return 'ed25519';
  return name.startsWith('Ed448') ? 'ed448' : 'ecdsa-sha256';
}

function certify(spki: Octets, subject: Octets, by: TestCertificate, extensions: Octets[]): Octets {
  const tbs = seq(
    explicit(0, int(2)),
    int(4711),
    signatureAlgorithm('ecdsa-sha256'),
    by.name,
    seq(certificateTime(now - HOUR), certificateTime(LATER_THAN_OTHERS)),
    subject,
    spki,
    explicit(3, seq(...extensions)),
  );
  return seq(tbs, signatureAlgorithm('ecdsa-sha256'), bits(sign('ecdsa-sha256', by.key, tbs)));
}

const known = new Map<Octets, ReturnType<typeof makeParts>>();

function partsBy(responder: Octets): ReturnType<typeof makeParts> {
  const parts = known.get(responder) ?? {
    ...makeParts({
      issuer,
      certificate: leaf,
      thisUpdate: now - HOUR,
      nextUpdate: now + 100 * HOUR,
      responderId: responderByName(responder),
    }),
    signature: bits(new Uint8Array(256).fill(1)),
  };
  known.set(responder, parts);
  return parts;
}
