import type { Certificate } from '../../certificates/certificate.js';
import { loadCertificates } from '../../certificates/load.js';
import { mayIssue } from '../../certificates/usage.js';
import { OcspbotError } from '../../errors.js';
import { quote } from '../../text/visible.js';
import { placeOf } from '../document/fields.js';
import type { Spot } from '../document/source.js';
import type { Problems } from '../problems.js';
import { checkFile } from './inputs.js';
import type { Draft, Rule } from './rule.js';

interface Known {
  readonly name: string;
  readonly key: Spot;
}

/** `issuers` names certificates of CAs, each issuer once: else a rule that is meant would be silently without effect. */
export const issuersAreCas: Rule = (draft, problems) => {
  const known = new Map<string, Known>();
  for (const { name, key, value } of draft.top.issuers?.value ?? []) {
    const path = draft.settings.issuers.find((rule) => rule.name === name)?.cert;
    if (path === undefined || value.cert === undefined) continue;
    for (const id of identities(path, value.cert.spot, draft, problems)) {
      const first = known.get(id);
      if (first === undefined) known.set(id, { name, key });
      else if (first.name !== name) reportTwin(first, { name, key }, problems);
    }
  }
};

/** What tells one issuer from another. */
function identities(path: string, spot: Spot, draft: Draft, problems: Problems): string[] {
  if (draft.places.look(path).kind !== 'file') {
    checkFile(draft, path, 'the certificate', spot, problems);
    return [];
  }
  try {
    const cas = loadCertificates(path, draft).filter(mayIssue);
    if (cas.length === 0) problems.add(spot, `${quote(path)} has no certificate of a CA`, CA_HINT);
    return cas.map(identity);
  } catch (error) {
    if (!(error instanceof OcspbotError)) throw error;
    problems.add(spot, error.message, error.hint ?? CA_HINT);
    return [];
  }
}

const CA_HINT = 'name the certificate of the issuer, as it stands in the "chain" of its certificates';

function identity({ subject, subjectPublicKeyInfo }: Certificate): string {
  return Buffer.concat([subject, subjectPublicKeyInfo]).toString('base64');
}

function reportTwin(first: Known, second: Known, problems: Problems): void {
  const message = `${quote(first.name)} and ${quote(second.name)} are the same issuer`;
  problems.add(second.key, message, `the first is at ${placeOf(first.key)}; keep one`);
}
