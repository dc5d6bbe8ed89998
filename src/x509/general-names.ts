import { contextTag, DerError, type Element, elements, readOnly, TAG } from './der.js';

/** A GeneralName (RFC 5280 §4.2.1.6), with the content that name constraints are compared with. */
export type GeneralName =
  | { readonly form: TextForm; readonly text: string }
  /** `name` is the DER of the Name. */
  | { readonly form: 'directoryName'; readonly name: Uint8Array }
  /** `octets` are the address, which is followed by its mask in a name constraint. */
  | { readonly form: 'iPAddress'; readonly octets: Uint8Array }
  /** The forms that no client compares. */
  | { readonly form: OtherForm };

type TextForm = 'rfc822Name' | 'dNSName' | 'uniformResourceIdentifier';
type OtherForm = 'otherName' | 'x400Address' | 'ediPartyName' | 'registeredID';

const TEXT: ReadonlyMap<number, TextForm> = new Map([
  [contextTag(1, 'primitive'), 'rfc822Name'],
  [contextTag(2, 'primitive'), 'dNSName'],
  [contextTag(6, 'primitive'), 'uniformResourceIdentifier'],
]);

const OTHER: ReadonlyMap<number, OtherForm> = new Map([
  [contextTag(0), 'otherName'],
  [contextTag(3), 'x400Address'],
  [contextTag(5), 'ediPartyName'],
  [contextTag(8, 'primitive'), 'registeredID'],
]);

/** Reads the names of a certificate. Throws DerError. */
export function readGeneralNames(names: Element): GeneralName[] {
  const found = elements(names).map(readGeneralName);
  for (const name of found) {
    const length = 'octets' in name ? name.octets.length : 4;
    if (length !== 4 && length !== 16) throw new DerError('has an iPAddress of impossible length');
  }
  return found;
}

/**
 * Reads a GeneralName. Throws DerError for an unknown form or text that is not ASCII: Go parses no such certificate.
 */
export function readGeneralName({ tag, content }: Element): GeneralName {
  const text = TEXT.get(tag);
  if (text !== undefined) return { form: text, text: readIa5(content, text) };
  const other = OTHER.get(tag);
  if (other !== undefined) return { form: other };
  if (tag === contextTag(7, 'primitive')) return { form: 'iPAddress', octets: content };
  if (tag !== contextTag(4)) throw new DerError('has a GeneralName of no known form');
  // The tag is explicit, because a Name is a CHOICE.
  return { form: 'directoryName', name: readOnly(content, TAG.sequence, 'a Name').bytes };
}

function readIa5(content: Uint8Array, form: TextForm): string {
  if (content.some((octet) => octet >= 0x80)) throw new DerError(`has a ${form} that is not ASCII`);
  return Buffer.from(content).toString('latin1');
}
