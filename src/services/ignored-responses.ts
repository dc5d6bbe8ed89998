import type { Entry, Service } from '../configuration/model.js';
import type { VerifiedResponse } from '../ocsp/verify/verify.js';

/** The name of a staple that HAProxy reads: CERTIFICATE.ocsp beside each certificate. */
const HAPROXY_FILE = /\.ocsp$/;

/** Warns of a good response that the server would not serve. */
export function servingWarnings(
  { singleResponses }: Pick<VerifiedResponse, 'singleResponses'>,
  { ocsp, shared, services: names }: Pick<Entry, 'ocsp' | 'services' | 'shared'>,
  services: readonly Pick<Service, 'name' | 'runtimeSockets'>[],
): string[] {
  const isPushed = services.some(
    ({ name, runtimeSockets }) => names.includes(name) && runtimeSockets.length > 0,
  );
  // A file that certificates share is meant to have several, and HAProxy reads none that is shared.
  const isRead = isPushed || (shared === undefined && HAPROXY_FILE.test(ocsp));
  if (singleResponses === 1 || !isRead) return [];
  const advice =
    shared === undefined
      ? 'ask the CA for a responder that answers about one certificate at a time'
      : 'give each of the certificates that share the file one of its own';
  return [
    `the response has ${singleResponses} SingleResponses: HAProxy ignores such a one, and Envoy refuses it; ${advice}`,
  ];
}
