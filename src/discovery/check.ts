import type { Entry } from '../configuration/model.js';
import { OcspbotError } from '../util/errors.js';
import { sha256 } from '../util/bytes.js';
import { realFile } from './files.js';
import type { DiscoveredCertificate } from './gather.js';
import type { Use } from './model.js';
import type { CheckContext, Finding, Words, Subject } from './finding.js';
import { withoutStaple, stapleFindings } from './staple-findings.js';
import { entryFindings } from './entry-findings.js';

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

function findingsFor(use: Use, subject: Subject): Words[] {
  if (use.obstacle === 'fetches-itself') return [];
  const lacking = withoutStaple(use, subject);
  if (lacking !== undefined) return [lacking];
  const isAble = use.obstacle === undefined || use.obstacle === 'several-certificates';
  return isAble ? [...stapleFindings(use, subject), ...entryFindings(use, subject)] : [];
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
