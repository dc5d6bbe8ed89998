import type { HttpSettings } from '../configuration/model.js';
import type { Http } from '../http/types.js';
import { LIMITS } from '../util/limits.js';
import { makeCertId } from '../ocsp/cert-id.js';
import { buildRequest } from '../ocsp/request.js';
import type { Asked, Question } from '../ocsp/verify/question.js';
import type { Duration, Instant } from '../util/time.js';
import type { RequestForm } from './attempt.js';
import type { CircuitBreakers } from './circuit-breaker.js';
import type { ResponderHistory } from './history.js';
import { isPossible } from './request.js';
import type { ConnectionSettings } from './trace.js';
import type { Plan } from './turns.js';
import type { HashName } from '../x509/name.js';

/** A built request, and the hash and nonce that its answer must repeat. */
interface BuiltRequest {
  readonly der: Uint8Array;
  readonly asked: Asked;
}

/** The OCSP requests about one certificate, and the forms in which its responders can be asked. */
export interface OcspRequests extends Pick<Plan, 'firstForm' | 'isPossible' | 'isProven'> {
  /** Returns the form that is tried first with an unknown responder. */
  usualForm(responder: URL): RequestForm;
  /** Returns the request whose CertID has this hash. */
  requestFor(hash: HashName): BuiltRequest;
}

/** The forms in their usual order: RFC 9919 §6 wants GET first, and every responder knows SHA-1. */
const FORMS: readonly RequestForm[] = [
  { method: 'get', hash: 'sha1' },
  { method: 'post', hash: 'sha1' },
  { method: 'get', hash: 'sha256' },
  { method: 'post', hash: 'sha256' },
];

export function openRequests(
  question: Question,
  { settings, randomBytes }: ClientContext,
  history: ResponderHistory,
): OcspRequests {
  const built = new Map<HashName, BuiltRequest>();
  const requestFor = (hash: HashName): BuiltRequest => {
    const known = built.get(hash);
    if (known !== undefined) return known;
    const nonce = settings.nonce ? randomBytes(LIMITS.nonceLength) : undefined;
    const certId = makeCertId(hash, question.issuer, question.serialNumber);
    const der = buildRequest({ certId, nonce });
    const made = { der, asked: { hash, nonce } };
    built.set(hash, made);
    return made;
  };
  const can = (responder: URL, form: RequestForm) =>
    isPossible(form, responder, settings, (hash) => requestFor(hash).der);
  const first = (responder: URL, forms: readonly RequestForm[]): RequestForm => {
    const form = forms.find((one) => can(responder, one));
    if (form === undefined) throw new TypeError('a responder that can be asked in no form');
    return form;
  };
  const known = ({ href }: URL) => [history.workingForm(href) ?? [], FORMS].flat();
  return {
    requestFor,
    isPossible: can,
    isProven: ({ href }, hash) => history.isProven(href, hash),
    usualForm: (responder) => first(responder, FORMS),
    firstForm: (responder) => first(responder, known(responder)),
  };
}

/** The settings and means that all requests of a run share. */
export interface ClientContext {
  readonly settings: HttpSettings;
  readonly now: Instant;
  /** The product and its version, like `ocspbot/1.0.0`. */
  readonly userAgent: string;
  readonly breakers: CircuitBreakers;
  /** Returns the history, which is read on the first call. */
  history(): ResponderHistory;
  /** Returns the HTTP client, which is opened on the first call. */
  http(): Promise<Http>;
  /** The proxy and trust settings that the curl line of a trace needs. */
  readonly connection: ConnectionSettings;
  /** Aborted when no further request is to be sent. */
  readonly stop: AbortSignal;
  /** Returns a random number from 0 to 1. */
  chance(): number;
  sleep(duration: Duration): Promise<void>;
  randomBytes(count: number): Uint8Array;
  /** Sends identical requests about one certificate once; all callers get the same reply. */
  singleFlight<T>(certificate: string, identity: string, send: () => Promise<T>): Promise<T>;
}
