import type { Entry } from '../configuration/model.js';
import { OcspbotError } from '../util/errors.js';
import { sha256 } from '../util/bytes.js';
import { readOr } from '../x509/der.js';
import { isMustStaple } from '../x509/extensions.js';
import type { CertificateStore } from './certificates.js';
import { type DiscoveryFiles, kindAt, realFile } from './files.js';
import type { DiscoveredCertificate } from './gather.js';
import { shownPlace, TITLES, type Use } from './model.js';

/** A disagreement of the configuration and a server. Codes are stable. */
export interface Finding {
  readonly code: FindingCode;
  readonly message: string;
  readonly hint: string;
  readonly use: Use;
  /** Further places of the same server with the same finding about the same certificate. */
  further: number;
}

export type FindingCode =
  | 'not-looked-after'
  | 'not-stapled'
  | 'other-file'
  | 'other-format'
  | 'file-missing'
  | 'one-file-for-two'
  | 'must-staple-without-staple'
  | 'staple-without-responder';

export interface CheckContext {
  readonly store: CertificateStore;
  readonly entries: readonly Entry[];
  readonly files: DiscoveryFiles;
}

/** Reports whether a server finds a file. One that this user may not look at is not taken for missing. */
function isThere(path: string, { files }: CheckContext): boolean {
  return ['file', 'unreadable'].includes(kindAt(path, files));
}

/** Compares the entries of a configuration with what servers use, and returns what needs attention. */
export function compareWithServers(
  certificates: readonly DiscoveredCertificate[],
  context: CheckContext,
): Finding[] {
  const entries = entriesById(context);
  const owners = ownersOf(certificates, context);
  const all = certificates.flatMap((certificate) => {
    const subject = { certificate, own: entries.get(certificate.id) ?? [], owners, context };
    return certificate.uses.flatMap((use) =>
      findingsFor(use, subject).map((words) => ({ ...words, use, id: certificate.id })),
    );
  });
  return together(all);
}

/** Puts what is the same about one certificate and one server into one finding. */
function together(all: readonly (Words & { readonly use: Use; readonly id: string })[]): Finding[] {
  const findings = new Map<string, Finding>();
  for (const { code, message, hint, use, id } of all) {
    const key = `${code} ${id} ${use.server} ${use.staple}`;
    const known = findings.get(key);
    if (known === undefined) findings.set(key, { code, message, hint, use, further: 0 });
    else known.further += 1;
  }
  return [...findings.values()];
}

interface Subject {
  readonly certificate: DiscoveredCertificate;
  /** The entries of the configuration for it. */
  readonly own: readonly Entry[];
  /** The certificates that servers staple from a file, by its real path. */
  readonly owners: ReadonlyMap<string, ReadonlySet<string>>;
  readonly context: CheckContext;
}

type Words = Pick<Finding, 'code' | 'message' | 'hint'>;

function findingsFor(use: Use, subject: Subject): Words[] {
  if (use.obstacle === 'fetches-itself') return [];
  const lacking = withoutStaple(use, subject);
  if (lacking !== undefined) return [lacking];
  const isAble = use.obstacle === undefined || use.obstacle === 'several-certificates';
  return isAble ? [...stapleFindings(use, subject), ...entryFindings(use, subject)] : [];
}

/** A must-staple certificate without a response is the worst: clients refuse the connection (RFC 7633). */
function withoutStaple(use: Use, { certificate, context }: Subject): Words | undefined {
  const { found, names } = certificate;
  const staples = use.isStapling && use.staple !== undefined && isThere(use.staple, context);
  if (staples || !readOr(() => isMustStaple(certificate.found.certificate), false)) return undefined;
  const why =
    use.obstacle === 'server'
      ? `${TITLES[use.server]} cannot staple a file`
      : use.isStapling
        ? `${use.staple} is missing`
        : `${TITLES[use.server]} is not told to staple`;
  return {
    code: 'must-staple-without-staple',
    message: `${names[0] ?? found.path} is must-staple, and ${why} (${shownPlace(use.place)}): clients refuse it`,
    hint: 'staple a response now, see docs/servers.md; or have the certificate issued again without must-staple',
  };
}

function stapleFindings(use: Use, { certificate, own, owners, context }: Subject): Words[] {
  const { staple, place } = use;
  if (!use.isStapling || staple === undefined) return [];
  const where = shownPlace(place);
  const isPresent = isThere(staple, context);
  const users = owners.get(realFile(staple, context.files))?.size ?? 0;
  // ocspbot keeps a response in it that is good for all of them.
  const isShared = own.some(
    ({ shared, ocsp }) => (shared?.members.length ?? 0) >= users && isSame(ocsp, staple, context),
  );
  if (users > 1 && !isShared)
    return [
      {
        code: 'one-file-for-two',
        message: `${where} staples ${staple}, which is stapled for another certificate, too: one of them gets a wrong response`,
        hint: 'give each certificate a file and a block of its own; or let the entries of an RSA and an ECDSA certificate name this one file, see docs/servers.md',
      },
    ];
  if (!hasResponder(certificate))
    return isPresent
      ? [
          {
            code: 'staple-without-responder',
            message: `${where} staples ${staple} for a certificate that names no OCSP responder: nobody can refresh it`,
            hint: 'take the file out of the configuration of the server, and remove it',
          },
        ]
      : [];
  if (isPresent) return [];
  return [
    {
      code: 'file-missing',
      message: `${where} staples ${staple}, which is missing`,
      hint:
        use.server === 'haproxy'
          ? 'run ocspbot, and reload HAProxy'
          : `run ocspbot before ${TITLES[use.server]} is started the next time: it may not start, or not staple`,
    },
  ];
}

function hasResponder({ verdict }: DiscoveredCertificate): boolean {
  return verdict.kind === 'ready' || (verdict.kind === 'attention' && verdict.reason === 'issuer-missing');
}

function entryFindings(use: Use, { certificate, own, context }: Subject): Words[] {
  const { found, names } = certificate;
  const who = names[0] ?? found.path;
  const where = `${TITLES[use.server]} (${shownPlace(use.place)})`;
  if (!hasResponder(certificate)) return [];
  if (own.length === 0)
    return [
      {
        code: 'not-looked-after',
        message: `${where} uses ${use.cert} (${who}), which is not in the configuration`,
        hint: 'add it under "domains": ocspbot discover prints the lines',
      },
    ];
  if (use.obstacle !== undefined) return [];
  const files = own.map(({ ocsp }) => ocsp);
  if (!use.isStapling)
    return [
      {
        code: 'not-stapled',
        message: `${where} is not told to staple ${files.join(' or ')} for ${who}`,
        hint: 'ocspbot discover prints the lines for the configuration of the server; then reload it',
      },
    ];
  const { staple } = use;
  if (staple === undefined) return [];
  const same = own.filter(({ ocsp }) => isSame(ocsp, staple, context));
  if (same.some(({ format }) => format === use.format)) return [];
  if (same.length > 0) return [otherFormat(use, where)];
  return [
    {
      code: 'other-file',
      message: `${where} staples ${use.staple} for ${who}, but ocspbot writes ${files.join(' and ')}`,
      hint: 'name the same file in both configurations',
    },
  ];
}

/** A server that finds another form than it expects may refuse the file, or every handshake. */
function otherFormat({ staple, format }: Use, where: string): Words {
  const [read, written] = format === undefined ? ['DER', 'PEM'] : ['PEM', 'DER'];
  return {
    code: 'other-format',
    message: `${where} reads ${staple} as ${read}, but ocspbot writes ${written}`,
    hint:
      format === undefined
        ? 'remove "format: pem-chain" from the entry; or let the server read PEM, if it can'
        : `add "format: ${format}" to the entry; or take the word PEM out of the configuration of the server`,
  };
}

function isSame(one: string, other: string, context: CheckContext): boolean {
  return one === other || realFile(one, context.files) === realFile(other, context.files);
}

function entriesById({ entries, store }: CheckContext): Map<string, Entry[]> {
  const byId = new Map<string, Entry[]>();
  for (const entry of entries) {
    const found = store.load(entry.cert);
    if (found instanceof OcspbotError) continue;
    const id = sha256(found.certificate.der);
    const known = byId.get(id) ?? [];
    known.push(entry);
    byId.set(id, known);
  }
  return byId;
}

function ownersOf(
  certificates: readonly DiscoveredCertificate[],
  context: CheckContext,
): Map<string, Set<string>> {
  const owners = new Map<string, Set<string>>();
  for (const { id, uses } of certificates) {
    for (const { staple, isStapling } of uses) {
      if (!isStapling || staple === undefined) continue;
      const file = realFile(staple, context.files);
      owners.set(file, (owners.get(file) ?? new Set()).add(id));
    }
  }
  return owners;
}
