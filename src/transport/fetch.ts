import type { HttpSettings } from '../configuration/model.js';
import { OcspbotError } from '../errors.js';
import type { CertId } from '../ocsp/cert-id.js';
import type { Http, HttpLimits } from '../system/interfaces.js';
import { acceptBody } from './accept.js';
import { planRequest } from './request.js';
import { chooseResponders, type ResponderChoice } from './responder.js';
import { send } from './send.js';

export interface ResponseWanted extends ResponderChoice {
  readonly certId: CertId;
  /** Random octets; no nonce is sent when undefined. */
  readonly nonce: Uint8Array | undefined;
}

/** What the transport needs from outside. `System` has `http`. */
export interface Transport {
  http(): Promise<Http>;
  /** Product and version, like `ocspbot/1.0.0`. */
  readonly userAgent: string;
}

export interface Fetched {
  /** What was sent as an OCSPResponse. Nothing is verified yet. */
  readonly body: Uint8Array;
  /** The responder as the certificate or the configuration names it. */
  readonly responder: string;
  /** The last exchange: after redirects the URL differs from the responder's. */
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** Why responders before this one in the certificate were of no use. */
  readonly passedOver: readonly OcspbotError[];
}

/**
 * Asks for one certificate: its responders in turn, until one gives a body that HTTP has nothing against.
 * Throws OcspbotErrors of the transport, and those of choosing the responder before anything is sent.
 */
export async function fetchResponse(
  wanted: ResponseWanted,
  settings: HttpSettings,
  transport: Transport,
): Promise<Fetched> {
  const responders = chooseResponders(wanted);
  const { buildRequest } = await import('../ocsp/request.js');
  const der = buildRequest(wanted);
  const http = await transport.http();
  const passedOver: OcspbotError[] = [];
  for (const responder of responders) {
    try {
      return { ...(await ask(http, responder, der, settings, transport.userAgent)), passedOver };
    } catch (error) {
      if (!(error instanceof OcspbotError)) throw error;
      passedOver.push(error);
    }
  }
  throw allFailed(passedOver);
}

async function ask(
  http: Http,
  responder: URL,
  der: Uint8Array,
  settings: HttpSettings,
  userAgent: string,
): Promise<Omit<Fetched, 'passedOver'>> {
  const planned = planRequest({ responder, der, method: settings.method, userAgent });
  const { request, response } = await send(http, planned, limitsOf(settings));
  const body = acceptBody(request, response);
  return { body, responder: responder.href, method: request.method, url: request.url };
}

function limitsOf({ timeout, connectTimeout, maxResponseSize }: HttpSettings): HttpLimits {
  return { timeout, connectTimeout, maxBody: maxResponseSize };
}

/** The error of the only responder; of several, the first one's code and hint with what all of them said. */
function allFailed(errors: readonly OcspbotError[]): OcspbotError {
  const [first, ...others] = errors;
  if (first === undefined || others.length === 0)
    return first ?? new OcspbotError('no-responder', 'no responder');
  const message = errors.map((error) => error.message).join('; then ');
  return new OcspbotError(first.code, message, { hint: first.hint, cause: first.cause });
}
