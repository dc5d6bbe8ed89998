import { readPublicKey, type PublicKey } from '../signature/public-key.js';
import { verifySignature, type SignatureVerdict } from '../signature/verify.js';
import type { Certificate } from './certificate.js';

const known = new WeakMap<Certificate, PublicKey>();

/** The certificate's public key, read once: an issuer's is used for every one of its responses. */
export function publicKeyOf(certificate: Certificate): PublicKey {
  const key = known.get(certificate) ?? readPublicKey(certificate.subjectPublicKeyInfo);
  known.set(certificate, key);
  return key;
}

const verdicts = new WeakMap<Certificate, WeakMap<Certificate, SignatureVerdict>>();

/**
 * Whether the issuer's key signed this certificate (RFC 5280 §6.1.3 (a)(1)), verified once: a delegate comes with every
 * one of its responses. Names are not compared here.
 */
export function verifyIssuedBy(certificate: Certificate, issuer: Certificate): SignatureVerdict {
  const byIssuer = verdicts.get(certificate) ?? new WeakMap<Certificate, SignatureVerdict>();
  verdicts.set(certificate, byIssuer);
  const verdict = byIssuer.get(issuer) ?? verifyIssued(certificate, issuer);
  byIssuer.set(issuer, verdict);
  return verdict;
}

function verifyIssued(certificate: Certificate, issuer: Certificate): SignatureVerdict {
  return verifySignature(publicKeyOf(issuer), {
    signed: certificate.tbsCertificate,
    algorithm: certificate.signatureAlgorithm,
    signature: certificate.signature,
  });
}
