import { parseHttpUrl } from '../client/responder-url.js';
import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { formatInstant, type Instant } from '../util/time.js';
import { type Certificate, isSelfIssued } from '../x509/certificate.js';
import { isInForce } from '../x509/chain.js';
import { DerError } from '../x509/der.js';
import { caIssuersUrls, EXTENSION, hasNoRevAvail, isMustStaple, ocspUrls } from '../x509/extensions.js';
import type { IssuerCache } from '../x509/load.js';
import { loadSubject } from '../x509/subject.js';
import { commonName } from '../x509/name.js';
import type { CertificateStore } from './certificates.js';
import type { DiscoveryFiles } from './files.js';
import type { FoundCertificate } from './model.js';

/** The result of looking at a certificate: whether ocspbot can look after it, and why not. */
export type Verdict =
  /** `chain`: the file of the issuer; undefined if the certificate's own file has it. */
  | { readonly kind: 'ready'; readonly chain: string | undefined }
  /** Nothing can be stapled, and nothing is wrong. */
  | { readonly kind: 'not-applicable'; readonly reason: NoResponder; readonly message: string }
  | {
      readonly kind: 'attention';
      readonly reason: Attention;
      readonly message: string;
      readonly hint: string;
      /** The URLs at which the issuer's certificate may be had. */
      readonly issuerUrls: readonly string[];
    };

export type NoResponder = 'no-responder' | 'no-rev-avail' | 'short-lived' | 'self-signed';
export type Attention =
  | 'must-staple-without-responder'
  | 'url-unsupported'
  | 'issuer-missing'
  | 'certificate-expired'
  | 'certificate-not-yet-valid'
  | 'certificate-unusable';

export interface JudgeContext {
  readonly store: CertificateStore;
  readonly files: DiscoveryFiles;
  readonly issuers: IssuerCache;
  readonly now: Instant;
}

/** Judges a certificate as a run would, as far as that is known without a responder. */
export function judgeCertificate(
  { path, certificate }: FoundCertificate,
  chains: readonly string[],
  context: JudgeContext,
): Verdict {
  try {
    return (
      judgeTimes(certificate, context.now) ??
      judgeResponder(certificate) ??
      judgeIssuer(path, certificate, chains, context)
    );
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return attention(
      'certificate-unusable',
      `has an extension that cannot be read: it ${error.message}`,
      RENEW,
    );
  }
}

const RENEW = 'have the certificate issued again';

function attention(reason: Attention, message: string, hint: string, issuerUrls: string[] = []): Verdict {
  return { kind: 'attention', reason, message, hint, issuerUrls };
}

function outOfForce({ subject, notBefore, notAfter }: Certificate): Verdict {
  const times = `${formatInstant(notBefore)} to ${formatInstant(notAfter)}`;
  const message = `has an issuer ${commonName(subject)} whose certificate is valid only from ${times}`;
  return attention('certificate-unusable', message, 'put the present certificate of the issuer beside it');
}

function judgeTimes(certificate: Certificate, now: Instant): Verdict | undefined {
  if (isInForce(certificate, now)) return undefined;
  if (now > certificate.notAfter)
    return attention(
      'certificate-expired',
      `expired at ${formatInstant(certificate.notAfter)}`,
      'renew the certificate, or take it out of the server',
    );
  return attention(
    'certificate-not-yet-valid',
    `is valid only from ${formatInstant(certificate.notBefore)}`,
    'check the clock of this machine, and run ocspbot discover again then',
  );
}

function judgeResponder(certificate: Certificate): Verdict | undefined {
  const urls = ocspUrls(certificate);
  const parsed = urls.map((url) => parseHttpUrl(url));
  if (parsed.some(({ kind }) => kind === 'usable')) return undefined;
  if (isMustStaple(certificate))
    return attention(
      'must-staple-without-responder',
      'is must-staple, but names no OCSP responder: clients that honour this refuse it, because nothing can be stapled',
      'have the certificate issued again without must-staple; or set ocsp_responder_uri, if you know a responder',
    );
  const [unusable] = parsed;
  if (unusable?.kind === 'unusable')
    return attention(
      'url-unsupported',
      `names no OCSP responder that can be used: ${unusable.problem}`,
      URL_HINT,
    );
  return withoutResponder(certificate);
}

const URL_HINT = 'set ocsp_responder_uri, if you know the http URL of a responder';

/** Explains a certificate without a responder. Most public ones have none: Let's Encrypt left OCSP in 2025. */
function withoutResponder(certificate: Certificate): Verdict {
  const not = (reason: NoResponder, message: string): Verdict => ({
    kind: 'not-applicable',
    reason,
    message,
  });
  if (isSelfIssued(certificate))
    return not('self-signed', 'is self-signed: nobody publishes revocation for it');
  if (hasNoRevAvail(certificate))
    return not(
      'no-rev-avail',
      'says that its CA publishes no revocation for it (noRevAvail): nothing to staple',
    );
  if (certificate.notAfter - certificate.notBefore <= LIMITS.shortLived)
    return not('short-lived', 'is short-lived and names no OCSP responder: it needs none');
  return not('no-responder', `names no OCSP responder: ${withoutUrl(certificate)}`);
}

/** Private CAs often have a responder that their certificates do not name. */
function withoutUrl({ extensions }: Certificate): string {
  return extensions.has(EXTENSION.cRLDistributionPoints)
    ? 'its CA publishes revocation by CRLs only; nothing to staple, and nothing to do'
    : 'nothing to staple, unless its CA has a responder that you name by ocsp_responder_uri';
}

function judgeIssuer(
  path: string,
  certificate: Certificate,
  chains: readonly string[],
  { store, files, issuers, now }: JudgeContext,
): Verdict {
  const tried = (chain: string | undefined): Verdict | OcspbotError => {
    try {
      const { issuer } = loadSubject({ cert: path, chain, rootchain: undefined }, files, issuers, now);
      return isInForce(issuer, now) ? { kind: 'ready', chain } : outOfForce(issuer);
    } catch (error) {
      if (error instanceof OcspbotError) return error;
      throw error;
    }
  };
  const own = tried(undefined);
  if (!(own instanceof OcspbotError)) return own;
  if (own.code !== 'issuer-not-found')
    return attention('certificate-unusable', own.message, own.hint ?? RENEW);
  for (const chain of chains.filter((one) => !(store.load(one) instanceof OcspbotError))) {
    const verdict = tried(chain);
    if (!(verdict instanceof OcspbotError)) return verdict;
  }
  const file = store.fileOfIssuer(certificate, [path, ...chains]);
  const found = file === undefined ? own : tried(file);
  if (!(found instanceof OcspbotError)) return found;
  const urls = caIssuersUrls(certificate).filter((url) => /^http:/i.test(url));
  return attention(
    'issuer-missing',
    `has no certificate of its issuer ${commonName(certificate.issuer)} in its file or beside it`,
    urls.length > 0
      ? `run ocspbot discover --fetch-issuers: the certificate names ${urls.length === 1 ? 'the place' : 'places'} of its issuer`
      : 'put the certificate of the issuer beside it, as a PEM file',
    urls,
  );
}
