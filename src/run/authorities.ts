import { choiceFor, type IssuerResponders, type ResponderChoice } from '../client/responder-url.js';
import { remedyFor } from '../ocsp/verify/advice.js';
import type { Question } from '../ocsp/verify/question.js';
import { OcspbotError } from '../util/errors.js';
import type { Certificate } from '../x509/certificate.js';
import { isDuplicate } from '../x509/chain.js';
import type { Subject } from '../x509/subject.js';
import { commonName } from '../x509/name.js';
import type { SentAuthority } from '../x509/sent-authorities.js';
import { questionOf } from './question.js';

/** A CA certificate that the server sends, and its issuer. */
export interface KnownAuthority extends Omit<SentAuthority, 'above'> {
  readonly issuer: Certificate;
  /** The question that a response about this certificate must answer. */
  readonly question: Question;
}

/** Returns the CA certificates that the server sends and whose issuer is known. */
export function knownAuthorities(
  { sent = [] }: Pick<Subject, 'sent'>,
  trustedResponders: readonly Certificate[],
): KnownAuthority[] {
  return sent.flatMap(({ above: [issuer, ...path], ...one }) => {
    if (issuer === undefined) return [];
    const question = questionOf({ ...one, issuer, path }, trustedResponders);
    return [{ ...one, issuer, question }];
  });
}

/** Names the CA certificates with a responder whose issuer is in none of the files, so that nothing can be verified. */
export function orphansIn({ sent = [] }: Pick<Subject, 'sent'>): string[] {
  return sent
    .filter(({ above, ocspUrls }) => above.length === 0 && ocspUrls.length > 0)
    .map(({ certificate }) => problemOf(certificate, 'its issuer is not known, name "rootchain"'));
}

/** Says that the file has no response about a CA certificate. */
export function problemOf({ subject }: Certificate, why: string): string {
  return `the file has no response about the issuer ${commonName(subject)}: ${why}`;
}

/** Says that an issuer is revoked, and what to do. `who` is "the issuer NAME" or "an issuer". */
export function revokedIssuer(who: string): { readonly message: string; readonly hint: string } {
  return {
    message: `the certificate of ${who} is revoked: clients that check it refuse all its certificates`,
    hint: 'have the certificate issued again by another issuer',
  };
}

/** Chooses the responders about a CA certificate. */
export function respondersOf(authority: KnownAuthority, known: IssuerResponders): ResponderChoice {
  return choiceFor({ responder: undefined }, authority, known);
}

/**
 * Refuses certificates of several issuers that share a file. Nobody but a pinned responder may speak for both (RFC 6960
 * §4.2.2.2), so no responder is asked in vain. Throws `not-good-for-all`.
 */
export function assertOneIssuer({ issuer, also = [], trustedResponders }: Question): void {
  const other = also.find((one) => !isDuplicate(one.issuer, issuer));
  if (other === undefined || trustedResponders.length > 0) return;
  const [own, foreign] = [issuer, other.issuer].map(({ subject }) => commonName(subject));
  const message = `it shares its file with ${other.name}, which another CA has issued: ${foreign} and ${own} cannot answer for each other's certificates`;
  throw new OcspbotError('not-good-for-all', message, { hint: remedyFor('not-good-for-all') });
}
