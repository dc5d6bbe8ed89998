import { TAG, contextTag, elements, readOnly, sequence } from '../asn1/der.js';
import { sameOctets } from '../asn1/octets.js';
import type { Certificate } from './certificate.js';

/** AuthorityKeyIdentifier (RFC 5280 §4.2.1.1), as far as it is written. */
interface AuthorityKeyIdentifier {
  readonly keyIdentifier: Uint8Array | undefined;
  /** The issuer's issuer, as DER, and the issuer's serial number. */
  readonly issuer: Uint8Array | undefined;
  readonly serialNumber: Uint8Array | undefined;
}

/**
 * Whether the certificate names another issuer's certificate as that of its own issuer, by what is written in both.
 * OpenSSL and GnuTLS then find no issuer for it; GnuTLS compares only the identifiers of keys. Throws DerError.
 */
export function namesOtherIssuer(certificate: Certificate, issuer: Certificate): boolean {
  const { keyIdentifier, issuer: name, serialNumber } = authorityKeyIdentifier(certificate);
  const own = subjectKeyIdentifier(issuer);
  const pairs = [
    [keyIdentifier, own],
    [name, issuer.issuer],
    [serialNumber, issuer.serialNumber],
  ];
  return pairs.some(([one, other]) => one !== undefined && other !== undefined && !sameOctets(one, other));
}

function subjectKeyIdentifier({ extensions }: Certificate): Uint8Array | undefined {
  const extension = extensions.get('2.5.29.14');
  return extension && readOnly(extension.value, TAG.octetString, 'SubjectKeyIdentifier').content;
}

function authorityKeyIdentifier({ extensions }: Certificate): Partial<AuthorityKeyIdentifier> {
  const extension = extensions.get('2.5.29.35');
  if (extension === undefined) return {};
  const fields = sequence(extension.value, 'AuthorityKeyIdentifier');
  const keyIdentifier = fields.optional(contextTag(0, 'primitive'))?.content;
  const names = fields.optional(contextTag(1));
  const serialNumber = fields.optional(contextTag(2, 'primitive'))?.content;
  fields.end();
  const name = names && elements(names).find(({ tag }) => tag === contextTag(4));
  return { keyIdentifier, issuer: name?.content, serialNumber };
}
