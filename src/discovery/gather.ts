import { OcspbotError } from '../util/errors.js';
import { sha256, toHex } from '../util/bytes.js';
import { isCa } from '../x509/ca.js';
import type { Certificate } from '../x509/certificate.js';
import { readOr } from '../x509/der.js';
import { dnsNames, encodedAlternativeNames } from '../x509/extensions.js';
import type { FileContent } from '../x509/file-content.js';
import { NotACertificate } from '../x509/not-a-certificate.js';
import { NOT_UTF8, RENAME } from './files.js';
import { type JudgeContext, judgeCertificate, type Verdict } from './judge.js';
import { isKept } from './acme-clients.js';
import { type FoundCertificate, type Remark, shownPlace, type Use } from './model.js';
import { type Omission, Omissions } from './omissions.js';
import type { Walked } from './walk.js';

/** A certificate with every file that has it and every server that uses it. */
export interface DiscoveredCertificate {
  readonly id: string;
  /** The file of it that is best to name. */
  readonly found: FoundCertificate;
  readonly names: readonly string[];
  readonly uses: readonly Use[];
  readonly verdict: Verdict;
}

interface Gathered {
  readonly found: FoundCertificate[];
  readonly uses: Use[];
}

/** Reads the certificates that servers name and that folders have, and brings together what is one certificate. */
export function gather(
  uses: readonly Use[],
  walked: readonly Walked[],
  context: JudgeContext,
): { certificates: DiscoveredCertificate[]; remarks: Remark[] } {
  const byId = new Map<string, Gathered>();
  const remarks: Remark[] = [];
  const add = (found: FoundCertificate, use?: Use) => {
    const id = sha256(found.certificate.der);
    const gathered = byId.get(id) ?? { found: [], uses: [] };
    byId.set(id, gathered);
    gathered.found.push(found);
    if (use !== undefined) gathered.uses.push(use);
  };
  for (const use of uses) {
    const found = context.store.load(use.cert);
    if (!(found instanceof OcspbotError)) add(found, use);
    else remarks.push(unreadable(use, found));
  }
  const omissions = new Omissions();
  const isLeft = ({ path, isNamed }: Walked) => !isNamed && isKept(path);
  for (const { path, isNamed } of walked.filter((file) => !isLeft(file))) {
    const found = context.store.load(path);
    if (!(found instanceof OcspbotError)) {
      if (isNamed || !isCa(found.certificate)) add(found);
    } else if (isNamed) remarks.push(unusable(found));
    else {
      const omission = omissionOf(path, found);
      if (omission !== undefined) omissions.add(omission, path);
    }
  }
  // Beside the certificates in force nobody misses them.
  if (byId.size === 0) for (const { path } of walked.filter(isLeft)) omissions.add('kept', path);
  const { inForce, replaced } = separate([...byId]);
  for (const { path, certificate } of replaced.flatMap(({ found }) => found.slice(0, 1)))
    if (certificate.notAfter > context.now) omissions.add('replaced', path);
  return {
    certificates: inForce.map(([id, gathered]) => discovered(id, gathered, context)),
    remarks: [...remarks, ...omissions.remarks()],
  };
}

/** A file that the user has named. It may be meant as the configuration of a server. */
function unusable(error: OcspbotError): Remark {
  const { message, hint } = error;
  if (!(error instanceof NotACertificate && MAYBE_TEXT.has(error.content))) return { text: message, hint };
  return { text: `${message}; and it is not the configuration of a known server`, hint: PLACE };
}

const MAYBE_TEXT: ReadonlySet<FileContent> = new Set(['text', 'other-der', 'unknown']);

const PLACE = 'name a certificate, a folder of them, or the main file of the configuration of a server';

/** Returns why a file of a folder has no certificate that can be used; undefined if it seems to be something else. */
function omissionOf(path: string, error: OcspbotError): Omission | undefined {
  const { code } = error;
  // A key is closed to other users, and nothing is lost without it.
  if (code === 'file-unreadable') return KEY.test(path) ? undefined : 'unreadable file';
  if (code === 'certificate-malformed') return 'damaged';
  if (code === 'file-empty' && CERTIFICATE.test(path)) return 'empty';
  if (code === 'file-too-large' && CERTIFICATE.test(path)) return 'too large';
  return error instanceof NotACertificate && UNREAD.has(error.content) ? 'unread form' : undefined;
}

const KEY = /\.key$|privkey[^/]*$/;
const CERTIFICATE = /\.(?:pem|crt|cer|der)$/i;

/** Contents that may have certificates, which are not read: a certificate without the lines around it, too. */
const UNREAD: ReadonlySet<FileContent> = new Set(['pkcs7', 'pkcs12', 'java-keystore', 'certificate']);

/** A server that cannot staple needs nothing of ocspbot, whatever it names. */
function unreadable({ cert, place, obstacle }: Use, { message, hint }: OcspbotError): Remark {
  const text = `${shownPlace(place)}: ${message}`;
  if (obstacle === 'server') return { text, isHarmless: true };
  return cert.includes('\ufffd') ? { text: `${text}: ${NOT_UTF8}`, hint: RENAME } : { text, hint };
}

function discovered(id: string, { found, uses }: Gathered, context: JudgeContext): DiscoveredCertificate {
  const best = found.toSorted((one, other) => rank(one) - rank(other))[0] as FoundCertificate;
  const others = found.map(({ path }) => path).filter((path) => path !== best.path);
  const chains = [...new Set([...uses.flatMap((use) => use.chains), ...others])];
  const names = namesOf(best.certificate);
  return { id, found: best, names, uses, verdict: judgeCertificate(best, chains, context) };
}

/** Prefers a file with the issuers in it. Files that a server names come first in the list, and stay there. */
function rank({ bundle }: FoundCertificate): number {
  return bundle.length > 1 ? 0 : 1;
}

function namesOf(certificate: Certificate): string[] {
  return readOr(() => dnsNames(certificate), []);
}

/** Separates the certificates that no server uses and that a later one for the same names and kind of key replaces. */
function separate(all: readonly [string, Gathered][]): {
  inForce: [string, Gathered][];
  replaced: Gathered[];
} {
  const latest = new Map<string, number>();
  for (const [, { found }] of all) {
    const { certificate } = found[0] as FoundCertificate;
    const key = purposeOf(certificate);
    latest.set(key, Math.max(latest.get(key) ?? 0, certificate.notAfter));
  }
  const isInForce = ({ uses, found: [first] }: Gathered) =>
    uses.length > 0 ||
    first === undefined ||
    latest.get(purposeOf(first.certificate)) === first.certificate.notAfter;
  return {
    inForce: all.filter(([, gathered]) => isInForce(gathered)),
    replaced: all.map(([, gathered]) => gathered).filter((gathered) => !isInForce(gathered)),
  };
}

/** Returns what two certificates have in common when one replaces the other: the names and the kind of key. */
function purposeOf(certificate: Certificate): string {
  // A certificate may have no name but addresses.
  const names = namesOf(certificate).toSorted().join(' ') || toHex(encodedAlternativeNames(certificate));
  const algorithm = toHex(certificate.subjectPublicKeyInfo.subarray(0, 24));
  return `${names || toHex(certificate.subject)} ${algorithm}`;
}
