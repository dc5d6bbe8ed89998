import { LIMITS } from '../util/limits.js';
import { DerError, type Element, readElement, TAG } from './der.js';
import { assertOid } from './values.js';

/**
 * Refuses bytes that are not DER, at any depth, as far as that is visible without the types of the fields: lengths and
 * form (X.690 §10.1, §10.2), contents of BOOLEAN, INTEGER, ENUMERATED, NULL, BIT STRING and OBJECT IDENTIFIER (§8,
 * §11.1, §11.2.1), bytes after the outer element, too much depth and too many elements.
 *
 * Tolerated are defaults that are written out (§11.5: a version v1, a cA or a critical FALSE, parameters of
 * RSASSA-PSS), zero bits at the end of named bits (§11.2.2: keyUsage), the order within a SET (§11.6) and the
 * characters of strings. They do not change the meaning, and genuine certificates have them. The forms of times are
 * checked by their readers. The contents of OCTET STRINGs, such as extensions, are opaque here; a caller that opens one
 * calls this function again.
 */
export function assertStrictDer(bytes: Uint8Array): void {
  const outer = readElement(bytes);
  if (outer.end !== bytes.length) throw new DerError(`has ${bytes.length - outer.end} octets after its end`);
  const budget = { elements: LIMITS.derElements };
  walk(outer, LIMITS.derDepth, budget);
}

function walk(element: Element, depth: number, budget: { elements: number }): void {
  if (depth === 0) throw new DerError('is nested too deeply');
  if (--budget.elements < 0) throw new DerError('has too many elements');
  const { tag, source, end } = element;
  assertForm(tag);
  if ((tag & 0x20) === 0) return assertCanonical(element);
  for (let at = element.contentStart; at < end;) {
    const inner = readElement(source, at, end);
    walk(inner, depth - 1, budget);
    at = inner.end;
  }
}

/** Checks the form: SEQUENCE and SET are constructed, every other universal type is primitive (X.690 §10.2). */
function assertForm(tag: number): void {
  if (tag >= 0x40) return;
  const number = tag & 0x1f;
  const constructed = (tag & 0x20) !== 0;
  if (number === 0) throw new DerError('has an end-of-contents mark');
  if (constructed !== (number === 0x10 || number === 0x11)) {
    throw new DerError(
      `has a ${constructed ? 'constructed' : 'primitive'} element of tag 0x${tag.toString(16)}`,
    );
  }
}

// Every element of every file comes here. A view of its content would take longer to make than to check.

function assertCanonical(element: Element): void {
  switch (element.tag) {
    case TAG.boolean:
      return assert(isCanonicalBoolean(element), 'a BOOLEAN');
    case TAG.integer:
    case TAG.enumerated:
      return assert(isMinimalInteger(element), 'an INTEGER');
    case TAG.null:
      return assert(element.contentStart === element.end, 'a NULL');
    case TAG.bitString:
      return assert(isCanonicalBitString(element), 'a BIT STRING');
    case TAG.oid:
      assertOid(element.content);
  }
}

function assert(holds: boolean, what: string): void {
  if (!holds) throw new DerError(`has ${what} that is not DER`);
}

function isCanonicalBoolean({ source, contentStart, end }: Element): boolean {
  const octet = source[contentStart];
  return end - contentStart === 1 && (octet === 0 || octet === 0xff);
}

/** Reports whether an INTEGER is minimal: its first nine bits are neither all 0 nor all 1 (X.690 §8.3.2). */
function isMinimalInteger({ source, contentStart, end }: Element): boolean {
  if (end - contentStart < 2) return end > contentStart;
  const [first, second] = [source[contentStart], source[contentStart + 1] as number];
  return !((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
}

/** Reports whether a BIT STRING has at most seven unused bits, which are all 0 (X.690 §11.2.1). */
function isCanonicalBitString({ source, contentStart, end }: Element): boolean {
  if (contentStart === end) return false;
  const unused = source[contentStart] as number;
  if (unused > 7) return false;
  if (end - contentStart === 1) return unused === 0;
  return ((source[end - 1] as number) & ((1 << unused) - 1)) === 0;
}
