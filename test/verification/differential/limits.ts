import { makeCertificate, makeKey, makeResponse, type ResponseOptions } from '../../support/ca.js';
import { DAY, HOUR } from '../../../src/time/duration.js';
import { castOf, type Cast } from './cast.js';
import type { Specimen } from './specimen.js';

/** What OpenSSL refuses and the standard does not: it looks no further than the first that it finds. */
interface Limit {
  readonly what: string;
  readonly section: string;
  make(now: number): Specimen;
}

type Changes = Partial<ResponseOptions>;

function limit(what: string, section: string, changes: (cast: Cast, now: number) => Changes): Limit {
  const make = (now: number): Specimen => {
    const cast = castOf('p-256');
    const { issuer, leaf, root } = cast;
    const singles = [{ certificate: leaf, ...times(now) }];
    return {
      der: makeResponse({ issuer, singles, ...changes(cast, now) }),
      leaf,
      issuer,
      root,
      hash: 'sha1',
    };
  };
  return { what, section, make };
}

const times = (now: number) => ({ thisUpdate: now - HOUR, nextUpdate: now + DAY });

export const KNOWN_LIMITS: readonly Limit[] = [
  limit(
    "a delegate behind another certificate of the delegate's name",
    'RFC 6960 §4.2.1: certs are there to help, in no order',
    (cast) => {
      const signer = cast.delegate();
      return { signer, embed: [cast.delegate({ key: makeKey('p-256', 'decoy') }), signer] };
    },
  ),
  limit(
    'a renewed delegate behind its expired certificate',
    'RFC 6960 §4.2.1: certs are there to help, in no order',
    (cast, now) => {
      const signer = cast.delegate();
      return { signer, embed: [cast.delegate({ notAfter: now - DAY }), signer] };
    },
  ),
  limit(
    'an answer about a certificate of another CA beside ours',
    'RFC 6960 §4.2.2.2: whoever signs must be authorized for the certificate in question',
    ({ leaf, impostor }, now) => {
      const foreign = makeCertificate({ subject: 'foreign.example', issuer: impostor });
      const other = { certificate: foreign, issuer: impostor, ...times(now) };
      return { singles: [{ certificate: leaf, ...times(now) }, other] };
    },
  ),
];
