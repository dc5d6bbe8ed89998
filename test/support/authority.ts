import { makeCertificate, type CertificateOptions, type TestCertificate } from './certificates.js';
import { makeKey, type KeyKind } from './keys.js';

export interface AuthorityOptions {
  /** The kind of every key that is not given; by default P-256. */
  readonly key?: KeyKind | undefined;
  /** The number of CA certificates including the root: 1 or more, by default 2. */
  readonly depth?: number | undefined;
  /** Part of the CAs' names. Two authorities with one name still have different keys. */
  readonly name?: string | undefined;
  /** For every certificate issued. */
  readonly ocspUrls?: readonly string[] | undefined;
  readonly notBefore?: number | undefined;
  readonly notAfter?: number | undefined;
}

/** A root, and the intermediate below it that issues. */
export interface Authority {
  readonly root: TestCertificate;
  /** The CA that issues; the root itself when `depth` is 1. */
  readonly intermediate: TestCertificate;
  /** All CA certificates from the issuing one up to the root. */
  readonly chain: readonly TestCertificate[];
  /** A server's certificate. */
  issue(options?: Partial<CertificateOptions>): TestCertificate;
  /** A delegated OCSP signer: OCSPSigning, digitalSignature, nocheck. */
  delegate(options?: Partial<CertificateOptions>): TestCertificate;
}

type Chain = readonly [TestCertificate, ...TestCertificate[]];

export function makeAuthority(options: AuthorityOptions = {}): Authority {
  const { key: kind = 'p-256', name = 'Test', ocspUrls, notBefore, notAfter } = options;
  const common = { notBefore, notAfter };
  const chain = makeChain(name, kind, options.depth ?? 2, common);
  const [intermediate] = chain;
  return {
    root: chain.at(-1) ?? intermediate,
    intermediate,
    chain,
    issue: (own = {}) =>
      makeCertificate({
        subject: 'example.com',
        issuer: intermediate,
        // Nothing depends on servers having different keys.
        key: makeKey(kind, 'server'),
        ocspUrls,
        ...common,
        ...own,
      }),
    delegate: (own = {}) =>
      makeCertificate({
        subject: `${name} OCSP Signer`,
        issuer: intermediate,
        key: own.key ?? makeKey(kind),
        extendedKeyUsage: ['ocspSigning'],
        ocspNoCheck: true,
        ...common,
        ...own,
      }),
  };
}

/** From the issuing CA up. */
function makeChain(name: string, kind: KeyKind, depth: number, common: Partial<CertificateOptions>): Chain {
  const isRoot = depth === 1;
  const above = isRoot ? undefined : makeChain(name, kind, depth - 1, common);
  const subject = isRoot ? `${name} Root CA` : `${name} Intermediate CA${depth > 2 ? ` ${depth - 1}` : ''}`;
  const own = makeCertificate({ subject, issuer: above?.[0], key: makeKey(kind), ca: true, ...common });
  return [own, ...(above ?? [])];
}
