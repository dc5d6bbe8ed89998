import { makeKey, makeResponse, type Authority, type TestCertificate } from './ca.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A certificate and its good response, an hour old and good for another week. */
export interface StapledCertificate {
  /** The name of its files, like `d00042`. */
  readonly name: string;
  readonly certificate: TestCertificate;
  readonly response: Uint8Array;
}

export interface ManyCertificatesOptions {
  readonly count: number;
  readonly authority: Authority;
  readonly ocspUrl: string;
  readonly now: number;
  /** The signer of the responses; by default the issuer of the certificates. */
  readonly signer?: TestCertificate;
}

/** Makes many certificates of one CA, with their responses. */
export function makeManyCertificates({
  count,
  authority,
  ocspUrl,
  now,
  signer,
}: ManyCertificatesOptions): StapledCertificate[] {
  const { intermediate: issuer } = authority;
  const common = { key: makeKey('p-256', 'server'), ocspUrls: [ocspUrl] };
  const options = {
    issuer,
    ...(signer === undefined ? {} : { signer }),
    thisUpdate: now - HOUR,
    nextUpdate: now - HOUR + 7 * DAY,
  };
  return Array.from({ length: count }, (_, index) => {
    const name = `d${String(index).padStart(5, '0')}`;
    const certificate = authority.issue({ subject: `${name}.example`, ...common });
    return { name, certificate, response: makeResponse({ certificate, ...options }) };
  });
}
