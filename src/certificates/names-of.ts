import { DerError, TAG, readOnly } from '../asn1/der.js';
import { isCa } from './ca.js';
import type { Certificate } from './certificate.js';
import { readGeneralNames, type GeneralName } from './general-names.js';
import { attributesOf, type Attribute } from './name.js';

const COMMON_NAME = '2.5.4.3';
const EMAIL_ADDRESS = '1.2.840.113549.1.9.1';
const IA5_STRING = 0x16;
const BMP_STRING = 0x1e;

/** All names of a certificate that name constraints are compared with. Throws DerError. */
export function namesOf(certificate: Certificate): GeneralName[] {
  const attributes = attributesOf(certificate.subject);
  const alternatives = alternativeNames(certificate);
  const hasDnsName = alternatives.some(({ form }) => form === 'dNSName');
  return [
    ...(attributes.length === 0 ? [] : [{ form: 'directoryName' as const, name: certificate.subject }]),
    ...attributes.filter(({ type }) => type === EMAIL_ADDRESS).map(emailAddress),
    ...alternatives,
    ...(hasDnsName || isCa(certificate) ? [] : attributes.flatMap(hostName)),
  ];
}

function alternativeNames({ extensions }: Certificate): GeneralName[] {
  const extension = extensions.get('2.5.29.17');
  return extension === undefined
    ? []
    : readGeneralNames(readOnly(extension.value, TAG.sequence, 'GeneralNames'));
}

/** RFC 5280 §4.2.1.10: also where it stands in the subject. OpenSSL refuses other string types. */
function emailAddress({ tag, value }: Attribute): GeneralName {
  if (tag !== IA5_STRING) throw new DerError('has an emailAddress that is no IA5String');
  return { form: 'rfc822Name', text: Buffer.from(value).toString('latin1') };
}

/** Labels with a dot between: OpenSSL compares a common name of this kind where there is no dNSName. */
const HOST_NAME = /^[\da-z_](?:[\da-z_-]*[\da-z_])?(?:\.[\da-z_](?:[\da-z_-]*[\da-z_])?)+$/i;

function hostName({ type, tag, value }: Attribute): GeneralName[] {
  if (type !== COMMON_NAME) return [];
  const octets = tag === BMP_STRING ? value.filter((_, index) => index % 2 === 1) : value;
  const text = Buffer.from(octets).toString('latin1').replace(/\0+$/, '');
  if (text.includes('\0')) throw new DerError('has a common name with a NUL within');
  return HOST_NAME.test(text) ? [{ form: 'dNSName', text }] : [];
}
