import { certificateKey } from './certificate-key.js';
import type { CertificateIdentity } from './types.js';

export type SingleFlight = <T>(
  certificate: string,
  request: () => string,
  send: () => Promise<T>,
) => Promise<T>;

/**
 * Sends identical requests about one certificate once (single flight): every entry that has the certificate gets the
 * same reply. Only the replies about `duplicates` are kept, since a configuration may have ten thousand certificates.
 */
export function singleFlight(findDuplicates: () => ReadonlySet<string>): SingleFlight {
  const replies = new Map<string, Promise<unknown>>();
  let duplicates: ReadonlySet<string> | undefined;
  return <T>(certificate: string, request: () => string, send: () => Promise<T>): Promise<T> => {
    duplicates ??= findDuplicates();
    if (!duplicates.has(certificate)) return send();
    const key = `${certificate} ${request()}`;
    const known = replies.get(key) as Promise<T> | undefined;
    const reply = known ?? send();
    replies.set(key, reply);
    return reply;
  };
}

/** Returns the keys of certificates that occur more than once. */
export function keysOfDuplicates(certificates: Iterable<CertificateIdentity>): ReadonlySet<string> {
  const [known, duplicates] = [new Set<string>(), new Set<string>()];
  for (const certificate of certificates) {
    const key = certificateKey(certificate);
    (known.has(key) ? duplicates : known).add(key);
  }
  return duplicates;
}
