import type { Certificate } from '../certificates/certificate.js';
import { loadReadable } from '../certificates/load.js';
import type { Subject } from '../certificates/subject.js';
import { mayIssue } from '../certificates/ca.js';
import type { Configuration, Entry } from '../configuration/model.js';
import type { Files } from '../system/interfaces/files.js';
import type { ResponderChoice } from '../transport/responder.js';

/** The responder for the certificates of an issuer, wherever they say that it is. */
export interface IssuerResponder {
  readonly issuer: Certificate;
  readonly url: string;
}

/** What `issuers` says. */
export interface IssuerResponders {
  readonly known: readonly IssuerResponder[];
  /** Names of those whose certificates cannot be read: they may be meant for any certificate. */
  readonly unknown: readonly string[];
}

export function loadIssuerResponders(
  { issuers }: Pick<Configuration, 'issuers'>,
  files: Pick<Files, 'read'>,
): IssuerResponders {
  const rules = issuers.map(({ name, cert, responder }) => ({
    name,
    known: loadReadable([cert], files)
      .filter(mayIssue)
      .map((issuer) => ({ issuer, url: responder })),
  }));
  return {
    known: rules.flatMap(({ known }) => known),
    unknown: rules.filter(({ known }) => known.length === 0).map(({ name }) => name),
  };
}

/** What the entry says comes first, then what is said of its issuer. */
export function choiceFor(
  { responder }: Pick<Entry, 'responder'>,
  { issuer, ocspUrls: certificateUrls }: Subject,
  { known }: Pick<IssuerResponders, 'known'>,
): ResponderChoice {
  switch (responder?.kind) {
    case 'url':
      return { certificateUrls, override: responder.url };
    case 'certificate':
      return { certificateUrls, override: undefined };
    case undefined:
      return { certificateUrls, override: known.find((rule) => isSame(rule.issuer, issuer))?.url };
  }
}

/** Renewed and cross-signed certificates of an issuer have its name and its key. */
function isSame(one: Certificate, other: Certificate): boolean {
  return (
    Buffer.from(one.subject).equals(other.subject) &&
    Buffer.from(one.subjectPublicKeyInfo).equals(other.subjectPublicKeyInfo)
  );
}
