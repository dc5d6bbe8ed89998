import { quote } from '../util/text.js';
import { type Element, elements, readOnly, readOr, sequence, TAG } from './der.js';
import { readOid } from './values.js';

/** id-at-commonName (RFC 5280, Appendix A.1). */
export const COMMON_NAME = '2.5.4.3';

/** The number of bytes of a name that a message shows. */
const LONGEST = 64;

const knownNames = new WeakMap<Uint8Array, string>();

/**
 * Returns the last common name of a Name for messages: printable, bounded, quoted. It is not for comparisons, which use
 * the DER. The result is cached, because messages about all responses of an issuer show its name.
 */
export function commonName(name: Uint8Array): string {
  const text = knownNames.get(name) ?? readOr(() => readCommonName(name), 'a name that cannot be read');
  knownNames.set(name, text);
  return text;
}

function readCommonName(name: Uint8Array): string {
  const attributes = attributesOf(name);
  const found = attributes.findLast(({ type }) => type === COMMON_NAME) ?? attributes.at(-1);
  return quote(found === undefined ? '' : decodeString(found));
}

/** Decodes a BMPString as UTF-16, a TeletexString as Latin-1, which CAs wrote into it, and any other string as UTF-8. */
function decodeString({ tag, value }: Attribute): string {
  const shown = Buffer.from(value.subarray(0, LONGEST));
  if (tag === TAG.bmpString)
    return shown
      .subarray(0, shown.length & ~1)
      .swap16()
      .toString('utf16le');
  return shown.toString(tag === TAG.teletexString ? 'latin1' : 'utf8');
}

/** Tells how a name differs from the expected one: the end of a sentence whose subject is the name. */
export function describeUnlike(name: Uint8Array, expected: Uint8Array): string {
  const text = commonName(name);
  return text === commonName(expected) ? 'has the same common name, but other octets' : `is ${text}`;
}

/** AttributeTypeAndValue (RFC 5280 §4.1.2.4). */
export interface Attribute {
  readonly type: string;
  /** The identifier octet and the content octets of the value. */
  readonly tag: number;
  readonly value: Uint8Array;
}

/** Reads the attributes of a Name. Throws DerError. */
export function attributesOf(name: Uint8Array): Attribute[] {
  return attributesByRdn(name).flat();
}

/** Reads the attributes of each RDN of a Name. Throws DerError. */
export function attributesByRdn(name: Uint8Array): Attribute[][] {
  return elements(readOnly(name, TAG.sequence, 'a Name')).map((rdn) => elements(rdn).map(readAttribute));
}

function readAttribute(element: Element): Attribute {
  const fields = sequence(element, 'an attribute');
  const type = readOid(fields.next(TAG.oid, 'its type').content);
  const { tag, content } = fields.any();
  return { type, tag, value: content };
}
