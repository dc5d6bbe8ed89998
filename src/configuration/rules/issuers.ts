import { quote } from '../../util/text.js';
import { issuerFault, mayIssue } from '../../x509/ca.js';
import type { Certificate } from '../../x509/certificate.js';
import { loadCertificates } from '../../x509/load.js';
import { commonName } from '../../x509/name.js';
import { placeOf } from '../yaml/fields.js';
import type { SourceRange } from '../yaml/source.js';
import { certificateFaults } from './inputs.js';
import type { Draft, Findings, Rule } from './rule.js';

interface IssuerSource {
  readonly name: string;
  readonly key: SourceRange;
  readonly path: string;
}

/** Requires that `issuers` names CA certificates, each issuer once. Otherwise a rule would silently have no effect. */
export const issuersAreCas: Rule = (draft, findings) => {
  const known = new Map<string, IssuerSource>();
  for (const { name, key, value } of draft.top.issuers?.value ?? []) {
    const path = draft.settings.issuers.find((rule) => rule.name === name)?.cert;
    if (path === undefined || value.cert === undefined) continue;
    for (const id of identities(path, value.cert.range, draft, findings)) {
      const first = known.get(id);
      if (first === undefined) known.set(id, { name, key, path });
      else if (first.name !== name) reportDuplicate(first, { name, key, path }, findings);
    }
  }
};

/** Returns identities (subject and public key) of the issuers in a file. */
function identities(path: string, range: SourceRange, draft: Draft, { defects }: Findings): string[] {
  const faults = certificateFaults({ path, what: 'the certificate', range }, draft);
  for (const words of faults) defects.addShared('unusable-file', range, words);
  if (faults.length > 0) return [];
  const certificates = loadCertificates(path, draft);
  const cas = certificates.filter(mayIssue);
  const problem = `${quote(path)} has no certificate of a CA${whyNot(certificates)}`;
  if (cas.length === 0) defects.addShared('unusable-file', range, [problem, CA_HINT]);
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

/**
 * Reports an issuer that has two rules. If both name the same file, the text is wrong; otherwise the contents of the files
 * are, and the first rule applies.
 */
function reportDuplicate(first: IssuerSource, second: IssuerSource, { problems, defects }: Findings): void {
  const message = `${quote(first.name)} and ${quote(second.name)} are the same issuer`;
  const hint = `the first is at ${placeOf(first.key)}; keep one`;
  if (first.path === second.path) problems.add(second.key, message, hint);
  else defects.addShared('unusable-file', second.key, [message, hint]);
}
