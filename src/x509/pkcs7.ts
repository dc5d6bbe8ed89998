import { contextTag, DerError, elements, sequence, TAG } from './der.js';
import { contentOfLabel, pemBegins } from './pem-labels.js';
import { readOid } from './values.js';
import { decodeText } from '../util/text.js';

const SIGNED_DATA = '1.2.840.113549.1.7.2';

/**
 * Returns the DER of the certificates in a SignedData (RFC 5652 §5.1), the form in which CAs publish several issuers
 * (RFC 5280 §4.2.2.1). The bytes are DER or PEM. Signatures in it are ignored. Throws DerError.
 */
export function certificatesInPkcs7(bytes: Uint8Array): Uint8Array[] {
  const content = sequence(fromPem(bytes) ?? bytes, 'ContentInfo');
  const type = readOid(content.next(TAG.oid, 'contentType').content);
  if (type !== SIGNED_DATA) throw new DerError(`has the content type ${type}, which is not SignedData`);
  const signed = sequence(content.next(contextTag(0), 'content').content, 'SignedData');
  signed.next(TAG.integer, 'version');
  signed.next(TAG.set, 'digestAlgorithms');
  signed.next(TAG.sequence, 'encapContentInfo');
  const certificates = signed.optional(contextTag(0));
  if (certificates === undefined) return [];
  return elements(certificates)
    .filter(({ tag }) => tag === TAG.sequence)
    .map((element) => element.bytes);
}

function fromPem(bytes: Uint8Array): Uint8Array | undefined {
  const text = decodeText(bytes);
  const begin = pemBegins(text).find(({ label }) => contentOfLabel(label) === 'pkcs7');
  if (begin === undefined) return undefined;
  const end = text.indexOf('-----END', begin.end);
  return new Uint8Array(Buffer.from(text.slice(begin.end, end < 0 ? undefined : end), 'base64'));
}
