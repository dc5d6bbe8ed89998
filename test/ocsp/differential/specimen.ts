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
import { type Cast, castOf } from './cast.js';
import type { Draft } from './draft.js';
import { FLAWS } from './flaws.js';
import type { Recipe } from './recipe.js';

/** One response, and what both verifiers are asked about it. */
export interface Specimen {
  readonly der: Uint8Array;
  readonly leaf: TestCertificate;
  readonly issuer: TestCertificate;
  readonly root: TestCertificate;
  /** By which the CertID was asked for. */
  readonly hash: NonNullable<SingleOptions['hash']>;
}

export function makeSpecimen(recipe: Recipe, now: number): Specimen {
  const draft = draftOf(recipe, now);
  for (const name of recipe.flaws) FLAWS[name].apply(draft);
  const { cast, before, single, after, response, issuer } = draft;
  const der = draft.finish(makeResponse({ ...response, singles: [...before, single, ...after] }));
  return { der, leaf: cast.leaf, issuer, root: cast.root, hash: draft.asked ?? single.hash ?? 'sha1' };
}

/** Whoever signs with a key of that kind; its issuer's key, where that is somebody else, is of the same family. */
function draftOf(recipe: Recipe, now: number): Draft {
  const { key, signer, hash, status } = recipe;
  const cast = castOf(signer === 'issuer' ? key : key.startsWith('rsa') ? 'rsa-2048' : 'p-256');
  const times = { thisUpdate: now - HOUR, nextUpdate: now + 3 * DAY };
  const delegateKey = makeKey(key, key === cast.issuer.key.kind ? 'delegate' : 'issuer');
  const signedBy = signer === 'issuer' ? cast.issuer : cast.delegate({ key: delegateKey });
  return {
    cast,
    now,
    asked: undefined,
    single: {
      certificate: cast.leaf,
      hash,
      ...times,
      status: status === 'revoked' ? { revoked: now - DAY, reason: 1 } : status,
    },
    ...neighbours(recipe, cast, times),
    response: {
      issuer: cast.issuer,
      signer: signedBy,
      responderId: recipe.responderId,
      signature: recipe.signature,
      producedAt: now - HOUR,
      embed: embedded(recipe, cast, signedBy),
      ...extensionsOf(recipe),
    },
    finish: (der) => der,
    issuer: cast.issuer,
  };
}

/** The responder answers for others too, which must not be mistaken for the one in question. */
function neighbours(
  { position, hash }: Recipe,
  { siblings: [one, two] }: Cast,
  times: Pick<SingleOptions, 'thisUpdate' | 'nextUpdate'>,
): Pick<Draft, 'before' | 'after'> {
  const good = { certificate: one, hash, ...times };
  const revoked = { certificate: two, hash, ...times, status: { revoked: times.thisUpdate } };
  return {
    before: position === 'last' ? [good, revoked] : position === 'middle' ? [revoked] : [],
    after: position === 'first' ? [good, revoked] : position === 'middle' ? [good] : [],
  };
}

function embedded({ signer, embed }: Recipe, cast: Cast, signedBy: TestCertificate): TestCertificate[] {
  const needed = signer === 'issuer' ? [] : [signedBy];
  switch (embed) {
    case 'what is needed':
      return needed;
    case 'the chain':
      return [...needed, cast.issuer, cast.root];
    case 'strangers':
      return [cast.siblings[0], ...needed, cast.siblings[1]];
  }
}

const UNKNOWN_EXTENSION = extension('1.3.6.1.4.1.99999.1', nul());

function extensionsOf({ extensions }: Recipe): Pick<ResponseOptions, 'extensions' | 'nonce'> {
  switch (extensions) {
    case 'none':
      return {};
    case 'unknown':
      return { extensions: [UNKNOWN_EXTENSION] };
    case 'nonce':
      return { nonce: Uint8Array.from({ length: 32 }, (_, index) => index) };
  }
}
