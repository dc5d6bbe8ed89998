import type { Entry, Service } from '../configuration/model.js';
import type { VerifiedResponse } from '../verification/verify.js';

/** HAProxy reads CERTIFICATE.ocsp beside each certificate. */
const HAPROXY_FILE = /\.ocsp$/;

/** Warnings about a good response that the server it is for will not serve. */
export function servingWarnings(
  { singleResponses }: Pick<VerifiedResponse, 'singleResponses'>,
  { ocsp, services: names }: Pick<Entry, 'ocsp' | 'services'>,
  services: readonly Pick<Service, 'name' | 'runtimeSockets'>[],
): string[] {
  const isPushed = services.some(
    ({ name, runtimeSockets }) => names.includes(name) && runtimeSockets.length > 0,
  );
  if (singleResponses === 1 || !(isPushed || HAPROXY_FILE.test(ocsp))) return [];
  return [
    `the response has ${singleResponses} SingleResponses: HAProxy ignores such a one, and Envoy refuses it; ask the CA for a responder that answers about one certificate at a time`,
  ];
}
