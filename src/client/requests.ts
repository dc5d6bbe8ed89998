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

/** A request, and what its answer must repeat of it. */
interface Written {
  readonly der: Uint8Array;
  readonly asked: Asked;
}

/** The forms in which one certificate can be asked about. */
export interface OcspRequests extends Pick<Plan, 'firstForm' | 'isPossible' | 'isProven'> {
  /** What would be tried first of a responder that nothing is known of. */
  usualForm(responder: URL): RequestForm;
  by(hash: HashName): Written;
}

/** RFC 9919 §6 wants GET; of hashes the one that every responder knows comes first. */
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
  const written = new Map<HashName, Written>();
  const by = (hash: HashName): Written => {
    const known = written.get(hash);
    if (known !== undefined) return known;
    const nonce = settings.nonce ? randomBytes(LIMITS.nonceLength) : undefined;
    const certId = makeCertId(hash, question.issuer, question.serialNumber);
    const der = buildRequest({ certId, nonce });
    const made = { der, asked: { hash, nonce } };
    written.set(hash, made);
    return made;
  };
  const can = (responder: URL, form: RequestForm) =>
    isPossible(form, responder, settings, (hash) => by(hash).der);
  const first = (responder: URL, forms: readonly RequestForm[]): RequestForm => {
    const form = forms.find((one) => can(responder, one));
    if (form === undefined) throw new TypeError('a responder that can be asked in no form');
    return form;
  };
  const known = ({ href }: URL) => [history.workingForm(href) ?? [], FORMS].flat();
  return {
    by,
    isPossible: can,
    isProven: ({ href }, hash) => history.isProven(href, hash),
    usualForm: (responder) => first(responder, FORMS),
    firstForm: (responder) => first(responder, known(responder)),
  };
}

/** What all certificates of a run share while responders are asked. */
export interface ClientContext {
  readonly settings: HttpSettings;
  readonly now: Instant;
  /** Product and version, like `ocspbot/1.0.0`. */
  readonly userAgent: string;
  readonly breakers: CircuitBreakers;
  /** Read, and opened, when first asked for. */
  history(): ResponderHistory;
  http(): Promise<Http>;
  /** What a request by hand would need to go the same way. */
  readonly connection: ConnectionSettings;
  /** Aborted when there is to be no more asking. */
  readonly stop: AbortSignal;
  /** A number from 0 to 1. */
  chance(): number;
  sleep(duration: Duration): Promise<void>;
  randomBytes(count: number): Uint8Array;
  /** What is put in the same words about the same certificate is put once. */
  once<T>(certificate: string, words: string, put: () => Promise<T>): Promise<T>;
}
