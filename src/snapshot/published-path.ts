import { isSameIssuer, makeCertId } from '../ocsp/cert-id.js';
import { buildRequest } from '../ocsp/request.js';
import type { SingleResponse } from '../ocsp/response.js';
import type { Question } from '../ocsp/verify/question.js';
import { equalBytes } from '../util/bytes.js';
import type { HashName } from '../configuration/model.js';

const HASHES: readonly HashName[] = ['sha1', 'sha256'];

/** The file that stands for a slash at the end of a path. Web servers look for it as the index of a folder. */
const INDEX = 'index';

/** The fewest characters of a path: those of a request with SHA-1 hashes and a serial number of one byte. */
const SHORTEST = 80;

/**
 * Returns the paths under which a response answers GET (RFC 9919 §6): one for each hash of the CertIDs in it. A path depends
 * only on hashes and a serial number, so no name of a configuration or a certificate can lead elsewhere.
 */
export function publishedPaths(
  { issuer, serialNumber }: Pick<Question, 'issuer' | 'serialNumber'>,
  responses: readonly SingleResponse[],
): string[] {
  return HASHES.flatMap((hash) => {
    const certId = makeCertId(hash, issuer, serialNumber);
    const isAnswered = responses.some(
      ({ certId: answered }) =>
        equalBytes(answered.serialNumber, serialNumber) && isSameIssuer(certId, answered),
    );
    return isAnswered ? [pathOf(buildRequest({ certId }))] : [];
  });
}

/**
 * Returns the path of a request below the folder. Web servers decode %2F before they look for a file, and merge slashes: a
 * slash of base64 is a folder, two are one, and one at the end is the index of a folder. No path is the beginning of
 * another, because DER begins with its length.
 */
export function pathOf(request: Uint8Array): string {
  const path = Buffer.from(request).toString('base64').replaceAll(/\/+/g, '/');
  return path.endsWith('/') ? `${path}${INDEX}` : path;
}

/** Reports whether a name below the folder may be a part of a path. */
export function isPart(name: string): boolean {
  return /^[A-Za-z0-9+]+={0,2}$/.test(name);
}

/** Reports whether a path below the folder is one of a request: the base64 of a SEQUENCE. */
export function isPublishedPath(path: string): boolean {
  return path.length >= SHORTEST && path.startsWith('M') && path.split('/').every(isPart);
}
