import { quote } from '../../util/text.js';
import { issuerFault, mayIssue } from '../../x509/ca.js';
import type { Certificate } from '../../x509/certificate.js';
import { loadCertificates } from '../../x509/load.js';
import { commonName } from '../../x509/name.js';
import { placeOf } from '../yaml/fields.js';
import type { SourceRange } from '../yaml/source.js';
import { faultsOfCertificates } from './inputs.js';
import type { Draft, Findings, Rule } from './rule.js';

interface Known {
  readonly name: string;
  readonly key: SourceRange;
  readonly path: string;
}

/** `issuers` names certificates of CAs, each issuer once: else a rule that is meant would be silently without effect. */
export const issuersAreCas: Rule = (draft, findings) => {
  const known = new Map<string, Known>();
  for (const { name, key, value } of draft.top.issuers?.value ?? []) {
    const path = draft.settings.issuers.find((rule) => rule.name === name)?.cert;
    if (path === undefined || value.cert === undefined) continue;
    for (const id of identities(path, value.cert.spot, draft, findings)) {
      const first = known.get(id);
      if (first === undefined) known.set(id, { name, key, path });
      else if (first.name !== name) reportTwin(first, { name, key, path }, findings);
    }
  }
};

/** What tells one issuer from another. */
function identities(path: string, spot: SourceRange, draft: Draft, { defects }: Findings): string[] {
  const faults = faultsOfCertificates(path, 'the certificate', spot, draft);
  for (const words of faults) defects.addShared('missing-aid', spot, words);
  if (faults.length > 0) return [];
  const certificates = loadCertificates(path, draft);
  const cas = certificates.filter(mayIssue);
  const problem = `${quote(path)} has no certificate of a CA${whyNot(certificates)}`;
  if (cas.length === 0) defects.addShared('missing-aid', spot, [problem, CA_HINT]);
  return cas.map(identity);
}

function whyNot([first]: readonly Certificate[]): string {
  if (first === undefined) return '';
  const fault = issuerFault(first);
  if (fault === undefined || fault.code === 'issuer-not-ca') return '';
  return `: ${commonName(first.subject)} ${fault.problem}`;
}

const CA_HINT = 'name the certificate of the issuer, as it stands in the "chain" of its certificates';

function identity({ subject, subjectPublicKeyInfo }: Certificate): string {
  return Buffer.concat([subject, subjectPublicKeyInfo]).toString('base64');
}

/** The text says so where both name one file; else it is in what the files hold, and the first rule counts. */
function reportTwin(first: Known, second: Known, { problems, defects }: Findings): void {
  const message = `${quote(first.name)} and ${quote(second.name)} are the same issuer`;
  const hint = `the first is at ${placeOf(first.key)}; keep one`;
  if (first.path === second.path) problems.add(second.key, message, hint);
  else defects.addShared('missing-aid', second.key, [message, hint]);
}
