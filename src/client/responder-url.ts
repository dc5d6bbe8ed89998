import type { Configuration, Entry } from '../configuration/model.js';
import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import type { Files } from '../system/system.js';
import { printable } from '../util/text.js';
import { mayIssue } from '../x509/ca.js';
import type { Certificate } from '../x509/certificate.js';
import { isDuplicate } from '../x509/chain.js';
import { loadReadable } from '../x509/load.js';
import type { Subject } from '../x509/subject.js';

export interface ResponderChoice {
  /** The `accessLocation`s of id-ad-ocsp, in the order of the certificate (RFC 5280 §4.2.2.1). */
  readonly certificateUrls: readonly string[];
  /** The URL that the configuration gives instead of them. */
  readonly override: string | undefined;
}

/** Returns the URLs as they are written, usable or not. */
export function namedUrls({ certificateUrls, override }: ResponderChoice): readonly string[] {
  return override === undefined ? certificateUrls : [override];
}

/** The result of the last call of `usableUrls`: most certificates of a run name the same responders as the one before. */
let last: { readonly named: readonly string[]; readonly usable: readonly URL[] } = { named: [], usable: [] };

/**
 * Returns the URLs to ask, in order. An override replaces those of the certificate. URLs of the certificate that are
 * neither http nor https (mostly LDAP) are left out, and so are duplicates.
 */
export function usableUrls(choice: ResponderChoice): readonly URL[] {
  const named = namedUrls(choice);
  const isSame = named.length === last.named.length && named.every((url, index) => url === last.named[index]);
  if (!isSame) last = { named, usable: parseUsable(named) };
  return last.usable;
}

function parseUsable(named: readonly string[]): readonly URL[] {
  const parsed = named.map((url) => parseHttpUrl(url));
  const usable = parsed.flatMap((result) => (result.kind === 'usable' ? [result.url.href] : []));
  return [...new Set(usable)].slice(0, LIMITS.responderUrls).map((href) => new URL(href));
}

export const NO_RESPONDER_HINT =
  'set ocsp_responder_uri if there is a responder for it; else take it out of the configuration';

/** Returns the usable URLs, at least one. Throws `no-responder` or `url-unsupported`. */
export function chooseResponders(choice: ResponderChoice): readonly URL[] {
  const usable = usableUrls(choice);
  if (usable.length > 0) return usable;
  const problems = namedUrls(choice).flatMap((url) => {
    const result = parseHttpUrl(url);
    return result.kind === 'unusable' ? [result.problem] : [];
  });
  if (problems.length === 0) {
    throw new OcspbotError('no-responder', 'the certificate names no OCSP responder', {
      hint: NO_RESPONDER_HINT,
    });
  }
  if (choice.override !== undefined) throw unsupported(`ocsp_responder_uri cannot be used: ${problems[0]}`);
  throw unsupported(`no OCSP URL of the certificate can be used: ${problems.slice(0, 3).join('; ')}`);
}

function unsupported(message: string): OcspbotError {
  return new OcspbotError('url-unsupported', message, {
    hint: 'set ocsp_responder_uri to the URL of the responder, like http://ocsp.example.com/',
  });
}

export type ParsedUrl =
  | { readonly kind: 'usable'; readonly url: URL }
  /** `problem` names the URL and says what is wrong with it. */
  | { readonly kind: 'unusable'; readonly problem: string };

/** Parses an http or https URL of a stranger. A relative URL is resolved against `base`. The fragment is dropped. */
export function parseHttpUrl(text: string, base?: URL): ParsedUrl {
  const shown = JSON.stringify(printable(text, 120));
  if (text.length > LIMITS.urlLength) return unusable(`${shown} is longer than ${LIMITS.urlLength} bytes`);
  if (!URL.canParse(text, base?.href)) return unusable(`${shown} is not a URL`);
  const url = new URL(text, base?.href);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return unusable(`${shown} is neither http nor https`);
  if (url.username !== '' || url.password !== '')
    return unusable(`the URL for ${url.host} has a user name or password in it`);
  url.hash = '';
  return { kind: 'usable', url };
}

function unusable(problem: string): ParsedUrl {
  return { kind: 'unusable', problem };
}

/** The responder for the certificates of an issuer, instead of the one that they name. */
export interface IssuerResponder {
  readonly issuer: Certificate;
  readonly url: string;
}

/** The responders that `issuers` in the configuration names. */
export interface IssuerResponders {
  readonly known: readonly IssuerResponder[];
  /** The names of issuers whose certificates cannot be read. Each may be the issuer of any certificate. */
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

/** Chooses the responders of an entry. Its own setting comes before that of its issuer. */
export function choiceFor(
  { responder }: Pick<Entry, 'responder'>,
  { issuer, ocspUrls: certificateUrls }: Pick<Subject, 'issuer' | 'ocspUrls'>,
  { known }: Pick<IssuerResponders, 'known'>,
): ResponderChoice {
  switch (responder?.kind) {
    case 'url':
      return { certificateUrls, override: responder.url };
    case 'certificate':
      return { certificateUrls, override: undefined };
    case undefined:
      return { certificateUrls, override: known.find((rule) => isDuplicate(rule.issuer, issuer))?.url };
  }
}
