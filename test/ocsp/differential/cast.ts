import {
  type CertificateOptions,
  type KeyKind,
  makeCertificate,
  makeKey,
  type TestCertificate,
} from '../../support/ca.js';

/** A CA with a key of one kind, and who belongs to it or pretends to. */
export interface Cast {
  readonly root: TestCertificate;
  readonly issuer: TestCertificate;
  /** Has the issuer's name, the same root, and another key. */
  readonly impostor: TestCertificate;
  /** The certificate that is asked about. */
  readonly leaf: TestCertificate;
  /** Others of the same issuer. */
  readonly siblings: readonly [TestCertificate, TestCertificate];
  /** A delegated signer of the issuer; whatever is wrong with it comes with the options. */
  delegate(options?: Partial<CertificateOptions>): TestCertificate;
}

const root = makeCertificate({ subject: 'Differential Root', ca: true });
const casts = new Map<KeyKind, Cast>();

/** Made once: an RSA key takes its time. */
export function castOf(kind: KeyKind): Cast {
  const cast = casts.get(kind) ?? makeCast(kind);
  casts.set(kind, cast);
  return cast;
}

function makeCast(kind: KeyKind): Cast {
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
