import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

const KEY_KINDS = [
  'rsa-1024',
  'rsa-2048',
  'rsa-3072',
  'rsa-4096',
  /** An RSA key whose own identifier is id-RSASSA-PSS (RFC 4055 §1.2), without parameters. */
  'rsa-pss-2048',
  'p-224',
  'p-256',
  'p-384',
  'p-521',
  'secp256k1',
  'brainpool-p-256',
  'ed25519',
  'ed448',
] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

export interface Key {
  readonly kind: KeyKind;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  /** Signatures made before, so that algorithms with a random part give the same octets again. */
  readonly memory?: SignatureMemory | undefined;
}

/** Signatures in base64 by the hash of what was signed with what. */
export type SignatureMemory = Pick<Map<string, string>, 'get' | 'set'>;

const named = new Map<string, Key>();

/** A real key. With a name: the same one for the whole process, because making an RSA key takes a while. */
export function makeKey(kind: KeyKind, name?: string): Key {
  if (name === undefined) return keyOf(kind, generate(kind));
  const id = `${kind}/${name}`;
  const key = named.get(id) ?? keyOf(kind, generate(kind));
  named.set(id, key);
  return key;
}

/** A key kept in PKCS#8 PEM. */
export function keyFromPem(kind: KeyKind, pem: string, memory?: SignatureMemory): Key {
  return keyOf(kind, createPrivateKey(pem), memory);
}

export function keyToPem(key: Key): string {
  return key.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

function keyOf(kind: KeyKind, privateKey: KeyObject, memory?: SignatureMemory): Key {
  const publicKey = createPublicKey(privateKey);
  const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
  return { kind, privateKey, publicKey, spki, memory };
}

const CURVES = { 'p-224': 'P-224', 'p-256': 'P-256', 'p-384': 'P-384', 'p-521': 'P-521' } as const;

function generate(kind: KeyKind): KeyObject {
  switch (kind) {
    case 'ed25519':
      return generateKeyPairSync('ed25519').privateKey;
    case 'ed448':
      return generateKeyPairSync('ed448').privateKey;
    case 'rsa-pss-2048':
      return generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey;
    case 'p-224':
    case 'p-256':
    case 'p-384':
    case 'p-521':
      return generateKeyPairSync('ec', { namedCurve: CURVES[kind] }).privateKey;
    case 'secp256k1':
      return generateKeyPairSync('ec', { namedCurve: kind }).privateKey;
    case 'brainpool-p-256':
      return generateKeyPairSync('ec', { namedCurve: 'brainpoolP256r1' }).privateKey;
    default:
      return generateKeyPairSync('rsa', { modulusLength: Number(kind.slice(4)) }).privateKey;
  }
}
