import type { Answer, ExaminedAnswer, FetchRequest, RequestUrgency } from '../client/types.js';
import { namedUrls } from '../client/responder-url.js';
import type { Entry } from '../configuration/model.js';
import type { Question } from '../ocsp/verify/question.js';
import { isOlder } from '../ocsp/verify/still-current.js';
import { type VerifiedResponse, verify } from '../ocsp/verify/verify.js';
import { responseAbout } from '../staple/staple.js';
import { describe, type ErrorCode, OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { toHex } from '../util/bytes.js';
import { DAY } from '../util/time.js';
import { commonName } from '../x509/name.js';
import { type KnownAuthority, orphansIn, problemOf, respondersOf, revokedIssuer } from './authorities.js';
import type { InspectedCertificate } from './inspect.js';
import { atPresent } from './present.js';
import { refusal } from './verify-answer.js';
import type { IssuerResponse, RunContext } from './types.js';

/** The responses about the CA certificates of a chain, and what is missing. */
export interface IssuerResponses {
  /** Undefined if the file of the certificate is to have none. */
  readonly issuerResponses: readonly VerifiedResponse[] | undefined;
  readonly warnings: readonly string[];
  /** CA certificates that are revoked, in words: somebody must act. */
  readonly alarms: readonly string[];
}

/**
 * Finds the responses that a file in `format: pem-chain` has as well: those about the CA certificates that the server sends. A
 * response that cannot be had is left out: it must not hold up that of the server's own certificate.
 */
export async function findIssuerResponses(
  certificate: InspectedCertificate,
  run: RunContext,
): Promise<IssuerResponses> {
  const { entry, subject, authorities, staple } = certificate;
  if (entry.format !== 'pem-chain') return { issuerResponses: undefined, warnings: [], alarms: [] };
  const found = await Promise.all(
    authorities.map(async (authority) => {
      const fetched = await fetchOnce({ authority, entry }, run);
      const inPlace = responseAbout(authority.question, staple);
      return { fetched, response: better(fetched, inPlace, atPresent(run)) };
    }),
  );
  const missing = found.filter(({ response }) => response === undefined);
  return {
    issuerResponses: found.flatMap(({ response }) => response ?? []),
    warnings: [...orphansIn(subject), ...missing.flatMap(({ fetched }) => problemIn(fetched) ?? [])],
    alarms: found.flatMap(({ fetched }) => (fetched.kind === 'revoked' ? fetched.alarm : [])),
  };
}

/** Returns the reason why a response that was fetched is missing; undefined if nobody needs to know. */
function problemIn(fetched: IssuerResponse): string | undefined {
  if (fetched.kind === 'failed') return fetched.problem;
  return fetched.kind === 'good' ? fetched.tooShort : undefined;
}

/**
 * Chooses between a new response about a CA certificate and that in place. The new one must not be older, and neither may
 * end before the next run: if one response has expired, GnuTLS refuses the whole file, and the server has no TLS.
 */
function better(
  fetched: IssuerResponse,
  inPlace: VerifiedResponse | undefined,
  { now, mayBeOlder }: RunContext,
): VerifiedResponse | undefined {
  const lasts = (one: VerifiedResponse | undefined) =>
    one !== undefined && one.usefulUntil >= now + LIMITS.longestRunInterval ? one : undefined;
  const fresh = fetched.kind === 'good' ? lasts(fetched.response) : undefined;
  const kept = lasts(inPlace);
  const isWorse = fresh === undefined || (kept !== undefined && !mayBeOlder && isOlder(fresh, kept));
  return isWorse ? kept : fresh;
}

interface Inquiry {
  readonly authority: KnownAuthority;
  /** The entry of the server's own certificate. */
  readonly entry: Entry;
}

function fetchOnce(inquiry: Inquiry, run: RunContext): Promise<IssuerResponse> {
  const { source, known } = run.issuerResponses;
  if (source.kind !== 'responders') return Promise.resolve(findBesides(inquiry, run));
  const { issuer, serialNumber } = inquiry.authority.question;
  const key = `${toHex(issuer.subjectPublicKey)} ${toHex(serialNumber)}`;
  const found = known.get(key) ?? fetchAbout(inquiry, run);
  known.set(key, found);
  return found;
}

/** Finds a good response among those that came with the response of the server's own certificate. */
function findBesides({ authority: { question }, entry }: Inquiry, run: RunContext): IssuerResponse {
  const found = run.issuerResponses.source.besides?.(entry, question) ?? [];
  const good = found.flatMap((body) => {
    const examined = verifyIssuerAnswer({ body }, question, run);
    return examined.kind === 'good' ? [examined.response] : [];
  });
  const [response] = good.toSorted((one, other) => other.usefulUntil - one.usefulUntil);
  return response === undefined ? { kind: 'none' } : { kind: 'good', response };
}

async function fetchAbout({ authority, entry }: Inquiry, run: RunContext): Promise<IssuerResponse> {
  const { question } = authority;
  const responders = respondersOf(authority, run.issuerResponders);
  if (namedUrls(responders).length === 0) return { kind: 'none' };
  // This request is not urgent: after a failure it waits like any other.
  const isForced = run.trigger === 'forced';
  const urgency: RequestUrgency = isForced ? { kind: 'forced' } : { kind: 'due', criticalAt: run.now + DAY };
  const staple = { kind: 'absent' } as const;
  // The server's own certificate waits for it.
  const request: FetchRequest = { entry, question, responders, staple, urgency, isBrief: true };
  try {
    const fetched = await run.issuerResponses.source.fetch(
      request,
      (one) => verifyIssuerAnswer(one, question, run),
      () => undefined,
    );
    if (fetched.kind === 'good')
      return {
        kind: 'good',
        response: fetched.response,
        tooShort: problemOf(authority.certificate, 'the one of its responder ends before the next run'),
      };
    if (fetched.kind === 'refused') return failed(authority, fetched.error);
    return { kind: 'failed', problem: problemOf(authority.certificate, 'an earlier attempt failed') };
  } catch (error) {
    if (!(error instanceof OcspbotError)) throw error;
    return failed(authority, error);
  }
}

const REVOKED: ErrorCode = 'certificate-revoked';

function failed({ certificate }: KnownAuthority, error: OcspbotError): IssuerResponse {
  if (error.code !== REVOKED) return { kind: 'failed', problem: problemOf(certificate, describe(error)) };
  const { message, hint } = revokedIssuer(`the issuer ${commonName(certificate.subject)}`);
  return { kind: 'revoked', alarm: `${message}; ${hint} (${error.message})` };
}

function verifyIssuerAnswer(
  { body, asked }: Pick<Answer, 'body' | 'asked'>,
  question: Question,
  run: RunContext,
): ExaminedAnswer {
  const { policy } = run.configuration;
  const examination = verify(body, question, { policy, now: atPresent(run).now, asked });
  if (examination.kind === 'good') return { kind: 'good', response: examination.response };
  return { kind: 'refused', error: refusal(examination, 'the response was refused') };
}
