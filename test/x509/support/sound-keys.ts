import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Octets } from '../../support/der.js';

/** Sound keys of every kind that Node makes. */
export function soundKeys(): (readonly [kind: string, spki: Octets])[] {
  const made: (readonly [string, KeyObject])[] = [
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey],
    ['PSS', generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey],
    ['PSS of SHA-256', generate('rsa-pss', RESTRICTED)],
    ['DSA', generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).publicKey],
    ['DH', generate('dh', { group: 'modp14' })],
    ...['P-224', 'P-256', 'P-384', 'P-521', 'secp256k1', 'sect283k1'].map(
      (namedCurve) => [namedCurve, generateKeyPairSync('ec', { namedCurve }).publicKey] as const,
    ),
    ['Ed25519', generateKeyPairSync('ed25519').publicKey],
    ['Ed448', generateKeyPairSync('ed448').publicKey],
    ['X25519', generateKeyPairSync('x25519').publicKey],
    ['X448', generateKeyPairSync('x448').publicKey],
  ];
  return made.map(([kind, key]) => [kind, new Uint8Array(key.export({ type: 'spki', format: 'der' }))]);
}

/** The declarations of Node.js know neither this kind nor these options. */
function generate(kind: 'dh' | 'rsa-pss', options: object): KeyObject {
  const anyKind = generateKeyPairSync as unknown as (
    kind: string,
    options: object,
  ) => { publicKey: KeyObject };
  return anyKind(kind, options).publicKey;
}

const RESTRICTED = {
  modulusLength: 2048,
  hashAlgorithm: 'sha256',
  mgf1HashAlgorithm: 'sha256',
  saltLength: 32,
};
