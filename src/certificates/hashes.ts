import { createHash } from 'node:crypto';
import type { HashName } from '../configuration/model.js';
import type { Certificate } from './certificate.js';

/** By what OCSP names whoever issues or signs (RFC 6960 §4.1.1, §4.2.1). */
export interface Hashes {
  /** Of the subject's DER. */
  readonly name: Uint8Array;
  /** Of the subjectPublicKey, without tag, length and count of unused bits. */
  readonly key: Uint8Array;
}

const known = { sha1: new WeakMap<Certificate, Hashes>(), sha256: new WeakMap<Certificate, Hashes>() };

/** Computed once: an issuer's are needed for every one of its certificates. */
export function hashesOf(certificate: Certificate, hash: HashName): Hashes {
  const digest = (bytes: Uint8Array) => createHash(hash).update(bytes).digest();
  const { subject, subjectPublicKey } = certificate;
  const hashes = known[hash].get(certificate) ?? { name: digest(subject), key: digest(subjectPublicKey) };
  known[hash].set(certificate, hashes);
  return hashes;
}
