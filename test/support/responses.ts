import type { TestCertificate } from './certificates.js';
import { bits, concat, enumerated, explicit, int, octets, oid, seq, type Octets } from './der.js';
import { extensionBlock, keyHash, nonceExtension, OID_BASIC_RESPONSE } from './extensions.js';
import type {
  ResponseOptions,
  ResponseParts,
  SingleOptions,
  SingleResponseOptions,
} from './response-options.js';
import { sign, signatureAlgorithm, usualSignature } from './signing.js';
import { singleResponse, timeOctets } from './single-responses.js';

export type {
  ResponseOptions,
  ResponseParts,
  SingleOptions,
  SingleResponseOptions,
  Status,
} from './response-options.js';
export { makeCertId } from './single-responses.js';

/** An OCSPResponse (RFC 6960 §4.2.1), really signed. */
export function makeResponse(options: ResponseOptions | SingleResponseOptions): Uint8Array {
  return wrap(makeParts(options));
}

/** The same before it is put together, for what is wrong about that. */
export function makeParts(options: ResponseOptions | SingleResponseOptions): ResponseParts {
  const parts = signedParts('singles' in options ? options : { ...options, singles: [singleOf(options)] });
  options.tamper?.(parts);
  return parts;
}

function singleOf(options: SingleResponseOptions): SingleOptions {
  const { certificate, certId, status, thisUpdate, nextUpdate } = options;
  return { certificate, certId, status, thisUpdate, nextUpdate };
}

const ERROR_STATUSES = {
  malformedRequest: 1,
  internalError: 2,
  tryLater: 3,
  sigRequired: 5,
  unauthorized: 6,
} as const;
export type ErrorStatus = keyof typeof ERROR_STATUSES;

/** An OCSPResponse without responseBytes: unsigned, as errors are (RFC 6960 §2.3). */
export function makeErrorResponse(status: ErrorStatus | number): Uint8Array {
  return seq(enumerated(typeof status === 'number' ? status : ERROR_STATUSES[status]));
}

export function responderByName(name: Uint8Array): Uint8Array {
  return explicit(1, name);
}

/** The key hash of a responderID is always SHA-1 (RFC 6960 §4.2.1). */
export function responderByKey(spki: Uint8Array): Uint8Array {
  return explicit(2, octets(keyHash(spki)));
}

function signedParts(options: ResponseOptions): ResponseParts {
  const signer = options.signer ?? options.issuer;
  const algorithm = options.signature ?? usualSignature(signer.key.kind);
  const plain = responseData(options, signer);
  const tbs = options.beforeSigning?.(plain) ?? plain;
  const embedded = options.embed ?? (signer === options.issuer ? [] : [signer]);
  return {
    responseStatus: enumerated(0),
    responseType: oid(OID_BASIC_RESPONSE),
    tbs,
    algorithm: signatureAlgorithm(algorithm),
    signature: bits(sign(algorithm, signer.key, tbs)),
    certificates: embedded.length === 0 ? concat() : explicit(0, seq(...embedded.map(certificateOctets))),
  };
}

function certificateOctets(certificate: TestCertificate | Uint8Array): Octets {
  return certificate instanceof Uint8Array ? certificate : certificate.der;
}

/** OCSPResponse around the parts. */
export function wrap(parts: ResponseParts, basic = basicResponse(parts)): Uint8Array {
  return seq(parts.responseStatus, explicit(0, seq(parts.responseType, octets(basic))));
}

/** BasicOCSPResponse */
export function basicResponse({ tbs, algorithm, signature, certificates }: ResponseParts): Octets {
  return seq(tbs, algorithm, signature, certificates);
}

function responseData(options: ResponseOptions, signer: TestCertificate): Octets {
  const extensions = [
    ...(options.nonce === undefined ? [] : [nonceExtension(options.nonce)]),
    ...(options.extensions ?? []),
  ];
  return seq(
    versionOctets(options.version),
    responderOctets(options.responderId ?? 'byName', signer),
    timeOctets(options.producedAt ?? firstThisUpdate(options.singles)),
    seq(...options.singles.map((single) => singleResponse(options, single))),
    ...extensionBlock(1, extensions),
  );
}

function versionOctets(version: number | Uint8Array = 1): Octets {
  if (version instanceof Uint8Array) return version;
  return version === 1 ? concat() : explicit(0, int(version - 1));
}

function responderOctets(id: 'byName' | 'byKey' | Uint8Array, signer: TestCertificate): Octets {
  if (id === 'byName') return responderByName(signer.name);
  return id === 'byKey' ? responderByKey(signer.key.spki) : id;
}

function firstThisUpdate(singles: ResponseOptions['singles']): number {
  for (const single of singles) {
    if (!(single instanceof Uint8Array) && typeof single.thisUpdate === 'number') return single.thisUpdate;
  }
  throw new Error('give producedAt where no thisUpdate is a number');
}
