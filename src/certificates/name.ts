import { DerError, TAG, elements, readOnly, sequence } from '../asn1/der.js';
import { readOid } from '../asn1/oid.js';
import { quote } from '../text/visible.js';

const COMMON_NAME = '2.5.4.3';

/** Octets of a name that a message shows. */
const LONGEST = 64;

const known = new WeakMap<Uint8Array, string>();

/**
 * The last common name of a Name, for messages only: printable, bounded, quoted. Names are compared as DER. Read once:
 * an issuer's is told of all its responses.
 */
export function commonName(name: Uint8Array): string {
  const text = known.get(name) ?? readCommonName(name);
  known.set(name, text);
  return text;
}

function readCommonName(name: Uint8Array): string {
  try {
    const found = attributes(name).findLast(({ type }) => type === COMMON_NAME) ?? attributes(name).at(-1);
    return quote(Buffer.from((found?.value ?? new Uint8Array()).subarray(0, LONGEST)).toString('utf8'));
  } catch (error) {
    if (error instanceof DerError) return 'a name that cannot be read';
    throw error;
  }
}

function attributes(name: Uint8Array): { type: string; value: Uint8Array }[] {
  return elements(readOnly(name, TAG.sequence, 'a Name')).flatMap((rdn) =>
    elements(rdn).map((attribute) => {
      const fields = sequence(attribute, 'an attribute');
      return { type: readOid(fields.next(TAG.oid, 'its type').content), value: fields.any().content };
    }),
  );
}
