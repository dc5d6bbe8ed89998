import type { TestCertificate } from './certificates.js';
import {
  enumerated,
  explicit,
  generalizedTime,
  implicit,
  int,
  nul,
  octets,
  seq,
  type Octets,
} from './der.js';
import { extensionBlock, keyHash } from './extensions.js';
import type { ResponseOptions, SingleOptions, Status, Time } from './response-options.js';
import { digest, hashAlgorithm, type HashName } from './signing.js';

/** RFC 6960 §4.1.1 */
export function makeCertId(issuer: TestCertificate, serial: Uint8Array, hash: HashName = 'sha1'): Uint8Array {
  return seq(
    hashAlgorithm(hash),
    octets(digest(hash, issuer.name)),
    octets(keyHash(issuer.key.spki, hash)),
    int(serial),
  );
}

/** SingleResponse (RFC 6960 §4.2.1). */
export function singleResponse(options: ResponseOptions, single: SingleOptions | Uint8Array): Octets {
  if (single instanceof Uint8Array) return single;
  const { certificate, nextUpdate } = single;
  const serial = certificate instanceof Uint8Array ? certificate : certificate.serial;
  const hash = single.hash ?? options.hash ?? 'sha1';
  return seq(
    single.certId ?? makeCertId(single.issuer ?? options.issuer, serial, hash),
    statusOctets(single.status ?? 'good'),
    timeOctets(single.thisUpdate),
    ...(nextUpdate === undefined ? [] : [explicit(0, timeOctets(nextUpdate))]),
    ...extensionBlock(1, single.extensions ?? []),
  );
}

function statusOctets(status: Status): Octets {
  if (status instanceof Uint8Array) return status;
  if (status === 'good') return implicit(0, nul());
  if (status === 'unknown') return implicit(2, nul());
  const reason = status.reason === undefined ? [] : [explicit(0, enumerated(status.reason))];
  return implicit(1, seq(timeOctets(status.revoked), ...reason));
}

export function timeOctets(time: Time): Octets {
  return time instanceof Uint8Array ? time : generalizedTime(time);
}
