import type { KeyKind, SignatureName } from '../../support/ca.js';
import type { Random } from '../../support/random.js';
import { FLAW_NAMES, type FlawName, FLAWS } from './flaws.js';

/** The parameters from which a response is made, and can be made again. */
export interface ResponseParameters {
  readonly key: KeyKind;
  readonly signature: SignatureName;
  readonly signer: 'issuer' | 'delegate';
  readonly responderId: 'byName' | 'byKey';
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly hash: 'sha1' | 'sha256';
  /** The position of the SingleResponse in question among several. */
  readonly position: 'alone' | 'first' | 'middle' | 'last';
  readonly embed: 'what is needed' | 'the chain' | 'strangers';
  readonly extensions: 'none' | 'unknown' | 'nonce';
  readonly flaws: readonly FlawName[];
}

const PLAIN = {
  key: 'p-256',
  signature: 'ecdsa-sha256',
  signer: 'issuer',
  responderId: 'byName',
  status: 'good',
  hash: 'sha1',
  position: 'alone',
  embed: 'what is needed',
  extensions: 'none',
  flaws: [],
} as const satisfies ResponseParameters;

const SIGNERS = ['issuer', 'delegate'] as const;
const RESPONDER_IDS = ['byName', 'byKey'] as const;
const STATUSES = ['good', 'revoked', 'unknown'] as const;
const HASHES = ['sha1', 'sha256'] as const;
const POSITIONS = ['alone', 'first', 'middle', 'last'] as const;
const EMBEDS = ['what is needed', 'the chain', 'strangers'] as const;
const EXTENSIONS = ['none', 'unknown', 'nonce'] as const;

const RSA = ['rsa-sha1', 'rsa-sha256', 'rsa-sha384', 'rsa-sha512'] as const;
const PSS = ['pss-sha1', 'pss-sha256', 'pss-sha384', 'pss-sha512'] as const;
const ECDSA = ['ecdsa-sha1', 'ecdsa-sha256', 'ecdsa-sha384', 'ecdsa-sha512'] as const;

const SIGNATURES: readonly (readonly [KeyKind, readonly SignatureName[]])[] = [
  ['rsa-2048', [...RSA, ...PSS]],
  ['rsa-3072', [...RSA, ...PSS]],
  ['rsa-4096', [...RSA, ...PSS]],
  ['rsa-pss-2048', PSS],
  ['p-256', ECDSA],
  ['p-384', ECDSA],
  ['p-521', ECDSA],
  ['ed25519', ['ed25519']],
  ['ed448', ['ed448']],
];
const KEYS = SIGNATURES.flatMap(([key, names]) => names.map((signature) => ({ key, signature })));

/** Combines every algorithm and key with both kinds of signers and both forms of responderID. */
export function allSignatures(): ResponseParameters[] {
  const parameterSets = KEYS.map((own): ResponseParameters => ({ ...PLAIN, ...own }));
  return crossed(crossed(parameterSets, 'signer', SIGNERS), 'responderId', RESPONDER_IDS);
}

/** Combines every status, hash, position and embedded certificates, and every extension. */
export function allContents(): ResponseParameters[] {
  const bySigner = crossed<'signer'>([PLAIN], 'signer', SIGNERS);
  const byStatus = crossed(crossed(bySigner, 'status', STATUSES), 'hash', HASHES);
  const byPlace = crossed(crossed(byStatus, 'position', POSITIONS), 'embed', EMBEDS);
  return [...byPlace, ...crossed(byStatus, 'extensions', ['unknown', 'nonce'])];
}

function crossed<Key extends keyof ResponseParameters>(
  parameterSets: readonly ResponseParameters[],
  key: Key,
  values: readonly ResponseParameters[Key][],
): ResponseParameters[] {
  return parameterSets.flatMap((parameters) => values.map((value) => ({ ...parameters, [key]: value })));
}

/** Combines each single flaw with every response that can have it. */
export function allFlaws(): ResponseParameters[] {
  return FLAW_NAMES.flatMap((name) => {
    const parameterSets = crossed(
      crossed([{ ...PLAIN, flaws: [name] }], 'signer', SIGNERS),
      'status',
      STATUSES,
    );
    return parameterSets.filter((parameters) => canHave(parameters, name));
  });
}

function canHave({ signer }: ResponseParameters, name: FlawName): boolean {
  const { of = signer } = FLAWS[name];
  return of === signer;
}

/** Draws random parameters, with up to three flaws of different groups. */
export function randomParameters({ pick }: Random): ResponseParameters {
  const parameters: ResponseParameters = {
    ...pick(KEYS),
    signer: pick(SIGNERS),
    responderId: pick(RESPONDER_IDS),
    status: pick(STATUSES),
    hash: pick(HASHES),
    position: pick(POSITIONS),
    embed: pick(EMBEDS),
    extensions: pick(EXTENSIONS),
    flaws: [],
  };
  const possible = FLAW_NAMES.filter((name) => canHave(parameters, name));
  const drawn = Array.from({ length: pick([0, 1, 1, 2, 2, 3]) }, () => pick(possible));
  const distinct = new Set(
    drawn.filter((name, index) => !drawn.slice(0, index).some((other) => isSameGroup(name, other))),
  );
  return { ...parameters, flaws: FLAW_NAMES.filter((name) => distinct.has(name)) };
}

function isSameGroup(one: FlawName, other: FlawName): boolean {
  return FLAWS[one].group === FLAWS[other].group;
}
