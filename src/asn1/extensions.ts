import { DerError, TAG, elements, readOnly, sequence, type Element } from './der.js';
import { readOid } from './oid.js';

export interface Extension {
  readonly critical: boolean;
  /** Content of the extnValue: DER of whatever the extension defines. */
  readonly value: Uint8Array;
}

/** Extensions by the dotted form of their extnID. */
export type Extensions = ReadonlyMap<string, Extension>;

/** Reads Extensions ::= SEQUENCE OF Extension (RFC 5280 §4.1). The same one twice is refused (§4.2). */
export function readExtensions(der: Uint8Array): Extensions {
  const found = new Map<string, Extension>();
  for (const element of elements(readOnly(der, TAG.sequence, 'Extensions'))) {
    const { id, ...extension } = readExtension(element);
    if (found.has(id)) throw new DerError(`has the extension ${id} twice`);
    found.set(id, extension);
  }
  return found;
}

function readExtension(element: Element): Extension & { id: string } {
  const fields = sequence(element, 'an Extension');
  const id = readOid(fields.next(TAG.oid, 'extnID').content);
  const critical = fields.optional(TAG.boolean)?.content[0] === 0xff;
  const value = fields.next(TAG.octetString, 'extnValue').content;
  fields.end();
  return { id, critical, value };
}
