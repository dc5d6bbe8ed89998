import { TAG, readOnly } from '../asn1/der.js';
import type { Certificate } from './certificate.js';

/** Bits of KeyUsage (RFC 5280 §4.2.1.3), as far as they are asked for. */
const BITS = { digitalSignature: 0x80, nonRepudiation: 0x40, keyCertSign: 0x04 } as const;

/**
 * Whether a usage is set; undefined where there is no KeyUsage, which then restricts nothing. Trailing zero bits, which
 * DER leaves out of named bits (X.690 §11.2.2), do no harm. Throws DerError.
 */
export function hasKeyUsage({ extensions }: Certificate, usage: keyof typeof BITS): boolean | undefined {
  const extension = extensions.get('2.5.29.15');
  if (extension === undefined) return undefined;
  const { content } = readOnly(extension.value, TAG.bitString, 'KeyUsage');
  return ((content[1] ?? 0) & BITS[usage]) !== 0;
}
