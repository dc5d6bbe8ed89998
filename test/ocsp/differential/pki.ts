import {
  type CertificateOptions,
  type KeyKind,
  makeCertificate,
  makeKey,
  type TestCertificate,
} from '../../support/ca.js';

/** A CA with a key of one kind, its certificates, and an impostor. */
export interface Pki {
  readonly root: TestCertificate;
  readonly issuer: TestCertificate;
  /** A CA with the issuer's name and root, but another key. */
  readonly impostor: TestCertificate;
  /** The certificate that is asked about. */
  readonly leaf: TestCertificate;
  /** Other certificates of the same issuer. */
  readonly siblings: readonly [TestCertificate, TestCertificate];
  /** Makes a delegated signer of the issuer. The options add faults. */
  delegate(options?: Partial<CertificateOptions>): TestCertificate;
}

const root = makeCertificate({ subject: 'Differential Root', ca: true });
const pkis = new Map<KeyKind, Pki>();

/** Returns the PKI of a kind of key. It is made once, since making an RSA key takes long. */
export function pkiOf(kind: KeyKind): Pki {
  const pki = pkis.get(kind) ?? makePki(kind);
  pkis.set(kind, pki);
  return pki;
}

function makePki(kind: KeyKind): Pki {
  const subject = [
    ['O', 'Zürich Trust'],
    ['CN', `Differential Issuer ${kind}`],
  ] as const;
  const issuer = makeCertificate({ subject, issuer: root, key: makeKey(kind, 'issuer'), ca: true });
  const issue = (subject: string) => makeCertificate({ subject, issuer });
  return {
    root,
    issuer,
    impostor: makeCertificate({ subject, issuer: root, ca: true }),
    leaf: issue('leaf.example'),
    siblings: [issue('one.example'), issue('two.example')],
    delegate: (options) => makeDelegate(issuer, options),
  };
}

export function makeDelegate(
  issuer: TestCertificate,
  options: Partial<CertificateOptions> = {},
): TestCertificate {
  return makeCertificate({
    subject: 'Differential Signer',
    issuer,
    key: makeKey('p-256', 'delegate'),
    extendedKeyUsage: ['ocspSigning'],
    ocspNoCheck: true,
    ...options,
  });
}
