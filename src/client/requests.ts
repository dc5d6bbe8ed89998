import { LIMITS } from '../util/limits.js';
import { type CertId, makeCertId } from '../ocsp/cert-id.js';
import { buildRequest } from '../ocsp/request.js';
import type { Asked, Question } from '../ocsp/verify/question.js';
import type { RequestForm } from './attempt.js';
import type { ResponderHistory } from './history.js';
import type { ClientContext } from './context.js';
import { isPossible } from './request.js';
import type { Plan } from './turns.js';
import type { HashName } from '../configuration/model.js';

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
    const [certId, ...further] = [question, ...(question.also ?? [])].map((one) =>
      makeCertId(hash, one.issuer, one.serialNumber),
    ) as [CertId, ...CertId[]];
    const der = buildRequest({ certId, further, nonce });
    const made = { der, asked: { hash, nonce } };
    built.set(hash, made);
    return made;
  };
  const can = (responder: URL, form: RequestForm) =>
    isPossible(form, responder, settings, (hash) => requestFor(hash).der);
  const usual = new Map<URL, RequestForm>();
  const usualForm = (responder: URL): RequestForm => {
    const form = usual.get(responder) ?? FORMS.find((one) => can(responder, one));
    if (form === undefined) throw new TypeError('a responder that can be asked in no form');
    usual.set(responder, form);
    return form;
  };
  return {
    requestFor,
    isPossible: can,
    isProven: ({ href }, hash) => history.isProven(href, hash),
    usualForm,
    firstForm: (responder) => {
      const working = history.workingForm(responder.href);
      return working !== undefined && can(responder, working) ? working : usualForm(responder);
    },
  };
}
