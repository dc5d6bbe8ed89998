import { DAY, HOUR } from '../../../src/util/time.js';
import {
  makeKey,
  makeResponse,
  type ResponseOptions,
  type SingleOptions,
  type TestCertificate,
} from '../../support/ca.js';
import { nul } from '../../support/der.js';
import { extension } from '../../support/extensions.js';
import { type Pki, pkiOf } from './pki.js';
import type { UnsignedResponse } from './unsigned-response.js';
import { FLAWS } from './flaws.js';
import type { ResponseParameters } from './response-parameters.js';

/** A response, and the inputs of both verifiers for it. */
export interface CraftedResponse {
  readonly der: Uint8Array;
  readonly leaf: TestCertificate;
  readonly issuer: TestCertificate;
  readonly root: TestCertificate;
  /** The hash of the CertID in the request. */
  readonly hash: NonNullable<SingleOptions['hash']>;
}

export function makeCraftedResponse(parameters: ResponseParameters, now: number): CraftedResponse {
  const unsigned = unsignedResponse(parameters, now);
  for (const name of parameters.flaws) FLAWS[name].apply(unsigned);
  const { pki, before, single, after, response, issuer } = unsigned;
  const der = unsigned.finish(makeResponse({ ...response, singles: [...before, single, ...after] }));
  return { der, leaf: pki.leaf, issuer, root: pki.root, hash: unsigned.asked ?? single.hash ?? 'sha1' };
}

/** Makes a response before its flaws are applied. The key of a delegate's issuer is of the same family as its own. */
function unsignedResponse(parameters: ResponseParameters, now: number): UnsignedResponse {
  const { key, signer, hash, status } = parameters;
  const pki = pkiOf(signer === 'issuer' ? key : key.startsWith('rsa') ? 'rsa-2048' : 'p-256');
  const times = { thisUpdate: now - HOUR, nextUpdate: now + 3 * DAY };
  const delegateKey = makeKey(key, key === pki.issuer.key.kind ? 'delegate' : 'issuer');
  const signedBy = signer === 'issuer' ? pki.issuer : pki.delegate({ key: delegateKey });
  return {
    pki,
    now,
    asked: undefined,
    single: {
      certificate: pki.leaf,
      hash,
      ...times,
      status: status === 'revoked' ? { revoked: now - DAY, reason: 1 } : status,
    },
    ...neighbours(parameters, pki, times),
    response: {
      issuer: pki.issuer,
      signer: signedBy,
      responderId: parameters.responderId,
      signature: parameters.signature,
      producedAt: now - HOUR,
      embed: embedded(parameters, pki, signedBy),
      ...extensionsOf(parameters),
    },
    finish: (der) => der,
    issuer: pki.issuer,
  };
}

/** Makes SingleResponses about other certificates, which must not be mistaken for the one in question. */
function neighbours(
  { position, hash }: ResponseParameters,
  { siblings: [one, two] }: Pki,
  times: Pick<SingleOptions, 'thisUpdate' | 'nextUpdate'>,
): Pick<UnsignedResponse, 'before' | 'after'> {
  const good = { certificate: one, hash, ...times };
  const revoked = { certificate: two, hash, ...times, status: { revoked: times.thisUpdate } };
  return {
    before: position === 'last' ? [good, revoked] : position === 'middle' ? [revoked] : [],
    after: position === 'first' ? [good, revoked] : position === 'middle' ? [good] : [],
  };
}

function embedded(
  { signer, embed }: ResponseParameters,
  pki: Pki,
  signedBy: TestCertificate,
): TestCertificate[] {
  const needed = signer === 'issuer' ? [] : [signedBy];
  switch (embed) {
    case 'what is needed':
      return needed;
    case 'the chain':
      return [...needed, pki.issuer, pki.root];
    case 'strangers':
      return [pki.siblings[0], ...needed, pki.siblings[1]];
  }
}

const UNKNOWN_EXTENSION = extension('1.3.6.1.4.1.99999.1', nul());

function extensionsOf({ extensions }: ResponseParameters): Pick<ResponseOptions, 'extensions' | 'nonce'> {
  switch (extensions) {
    case 'none':
      return {};
    case 'unknown':
      return { extensions: [UNKNOWN_EXTENSION] };
    case 'nonce':
      return { nonce: Uint8Array.from({ length: 32 }, (_, index) => index) };
  }
}
