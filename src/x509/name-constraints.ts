import { toHex } from '../util/bytes.js';
import { LIMITS } from '../util/limits.js';
import { quote, withoutTrailing } from '../util/text.js';
import { isCa } from './ca.js';
import type { Certificate } from './certificate.js';
import { contextTag, DerError, type Element, elements, sequence, TAG } from './der.js';
import { type GeneralName, readGeneralName } from './general-names.js';
import { assertComparable, matchesSubtree, type Subtrees } from './name-subtrees.js';
import { type Attribute, attributesOf, COMMON_NAME, commonName } from './name.js';
import { alternativeNames, EXTENSION } from './extensions.js';

/** NameConstraints (RFC 5280 §4.2.1.10). */
interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

const known = new WeakMap<Certificate, NameConstraints>();

/**
 * Finds a name of a certificate that the name constraints of a CA above it forbid (RFC 5280 §6.1.3 (b), (c)). Returns
 * the end of a sentence whose subject is the certificate. OpenSSL and GnuTLS compare the names of OCSP signers too.
 */
export function nameConstraintFault(certificate: Certificate, ca: Certificate): string | undefined {
  try {
    const constraints = constraintsOf(ca);
    return constraints && outsideOf(constraints, certificate, ca);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return `was issued below ${commonName(ca.subject)}, which ${error.message}`;
  }
}

function outsideOf(
  constraints: NameConstraints,
  certificate: Certificate,
  ca: Certificate,
): string | undefined {
  const whose = `the name constraints of ${commonName(ca.subject)}`;
  try {
    const names = namesOf(certificate);
    const comparisons = names.length * (constraints.permitted.length + constraints.excluded.length);
    if (comparisons > LIMITS.nameComparisons) return `has too many names to compare with ${whose}`;
    const outside = names.find((name) => !isWithin(name, constraints));
    return outside && `is outside of ${whose} with its ${describe(outside)}`;
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return `cannot be compared with ${whose}: it ${error.message}`;
  }
}

/**
 * Reports whether the constraints allow a name. If there are permitted subtrees of its form, one of them must match. No
 * excluded subtree may match.
 */
function isWithin(name: GeneralName, { permitted, excluded }: NameConstraints): boolean {
  const has = (subtrees: readonly GeneralName[], kind: Subtrees) =>
    subtrees.some((base) => matchesSubtree(name, base, kind));
  const ofForm = permitted.filter(({ form }) => form === name.form);
  return (ofForm.length === 0 || has(ofForm, 'permitted')) && !has(excluded, 'excluded');
}

function describe(name: GeneralName): string {
  if ('text' in name) return `${name.form} ${quote(name.text.slice(0, 100))}`;
  if ('name' in name) return `${name.form} ${commonName(name.name)}`;
  return 'octets' in name ? `${name.form} ${toHex(name.octets)}` : name.form;
}

function constraintsOf(ca: Certificate): NameConstraints | undefined {
  const extension = ca.extensions.get(EXTENSION.nameConstraints);
  if (extension === undefined) return undefined;
  const constraints = known.get(ca) ?? readConstraints(extension.value);
  known.set(ca, constraints);
  return constraints;
}

function readConstraints(value: Uint8Array): NameConstraints {
  const fields = sequence(value, 'NameConstraints');
  const [permitted, excluded] = [0, 1].map((number) => fields.optional(contextTag(number)));
  fields.end();
  const constraints = { permitted: readSubtrees(permitted), excluded: readSubtrees(excluded) };
  if (constraints.permitted.length + constraints.excluded.length > 0) return constraints;
  throw new DerError('has nameConstraints that are empty');
}

function readSubtrees(subtrees: Element | undefined): GeneralName[] {
  return subtrees === undefined ? [] : elements(subtrees).map(readSubtree);
}

/** Reads a GeneralSubtree: minimum is 0, which DER omits, and maximum is absent (RFC 5280 §4.2.1.10). */
function readSubtree(element: Element): GeneralName {
  const fields = sequence(element, 'a GeneralSubtree');
  const base = readGeneralName(fields.any());
  if (!fields.atEnd) throw new DerError('has nameConstraints with a minimum or a maximum');
  assertComparable(base);
  return base;
}

const EMAIL_ADDRESS = '1.2.840.113549.1.9.1';

/** Collects the names of a certificate that name constraints are compared with. Throws DerError. */
function namesOf(certificate: Certificate): GeneralName[] {
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

/**
 * Reads an e-mail address in the subject, which is constrained too (RFC 5280 §4.2.1.10). OpenSSL refuses other types.
 */
function emailAddress({ tag, value }: Attribute): GeneralName {
  if (tag !== TAG.ia5String) throw new DerError('has an emailAddress that is not an IA5String');
  return { form: 'rfc822Name', text: Buffer.from(value).toString('latin1') };
}

/** Matches labels with dots between them. OpenSSL compares such a common name if there is no dNSName. */
const HOST_NAME = /^[\da-z_](?:[\da-z_-]*[\da-z_])?(?:\.[\da-z_](?:[\da-z_-]*[\da-z_])?)+$/i;

function hostName({ type, tag, value }: Attribute): GeneralName[] {
  if (type !== COMMON_NAME) return [];
  const octets = tag === TAG.bmpString ? value.filter((_, index) => index % 2 === 1) : value;
  const text = withoutTrailing(Buffer.from(octets).toString('latin1'), '\0');
  if (text.includes('\0')) throw new DerError('has a common name with a NUL within');
  return HOST_NAME.test(text) ? [{ form: 'dNSName', text }] : [];
}
