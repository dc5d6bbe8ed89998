import {
  constants,
  createHash,
  sign as cryptoSign,
  verify as cryptoVerify,
  type SignKeyObjectInput,
} from 'node:crypto';
import { explicit, int, nul, oid, seq, type Octets } from './der.js';
import type { Key, KeyKind } from './keys.js';

export type HashName = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

export type SignatureName = `rsa-${HashName}` | `pss-${HashName}` | `ecdsa-${HashName}` | 'ed25519' | 'ed448';

export const HASH_OIDS: Readonly<Record<HashName, string>> = {
  md5: '1.2.840.113549.2.5',
  sha1: '1.3.14.3.2.26',
  sha224: '2.16.840.1.101.3.4.2.4',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};

/** RFC 3279 §2.2, RFC 4055 §5, RFC 5758 §3.2, RFC 8410 §3; there is no ECDSA with MD5. */
const SIGNATURE_OIDS: Readonly<Partial<Record<SignatureName, string>>> = {
  'rsa-md5': '1.2.840.113549.1.1.4',
  'rsa-sha1': '1.2.840.113549.1.1.5',
  'rsa-sha224': '1.2.840.113549.1.1.14',
  'rsa-sha256': '1.2.840.113549.1.1.11',
  'rsa-sha384': '1.2.840.113549.1.1.12',
  'rsa-sha512': '1.2.840.113549.1.1.13',
  'ecdsa-sha1': '1.2.840.10045.4.1',
  'ecdsa-sha224': '1.2.840.10045.4.3.1',
  'ecdsa-sha256': '1.2.840.10045.4.3.2',
  'ecdsa-sha384': '1.2.840.10045.4.3.3',
  'ecdsa-sha512': '1.2.840.10045.4.3.4',
  ed25519: '1.3.101.112',
  ed448: '1.3.101.113',
};

export const OID_PSS = '1.2.840.113549.1.1.10';
export const OID_MGF1 = '1.2.840.113549.1.1.8';

/** Returns the default signature algorithm of a kind of key. */
export function usualSignature(kind: KeyKind): SignatureName {
  switch (kind) {
    case 'ed25519':
    case 'ed448':
      return kind;
    case 'p-384':
      return 'ecdsa-sha384';
    case 'p-521':
      return 'ecdsa-sha512';
    case 'p-224':
    case 'p-256':
    case 'secp256k1':
    case 'brainpool-p-256':
      return 'ecdsa-sha256';
    case 'rsa-pss-2048':
      return 'pss-sha256';
    default:
      return 'rsa-sha256';
  }
}

/** The AlgorithmIdentifier, with the parameters that the standards ask for. */
export function signatureAlgorithm(name: SignatureName): Octets {
  if (name.startsWith('pss-')) return pssAlgorithm(hashOf(name), saltLength(hashOf(name)));
  const identifier = SIGNATURE_OIDS[name];
  if (identifier === undefined) throw new Error(`nothing identifies the signature algorithm ${name}`);
  return name.startsWith('rsa-') ? seq(oid(identifier), nul()) : seq(oid(identifier));
}

/** RSASSA-PSS-params (RFC 4055 §3.1); the defaults, which are for SHA-1, are left out as DER demands. */
export function pssAlgorithm(hash: HashName, salt: number, maskHash = hash): Octets {
  return seq(oid(OID_PSS), pssParameters(hash, salt, maskHash));
}

export function pssParameters(hash: HashName, salt: number, maskHash = hash): Octets {
  const fields = [
    ...(hash === 'sha1' ? [] : [explicit(0, hashAlgorithm(hash))]),
    ...(maskHash === 'sha1' ? [] : [explicit(1, seq(oid(OID_MGF1), hashAlgorithm(maskHash)))]),
    ...(salt === 20 ? [] : [explicit(2, int(salt))]),
  ];
  return seq(...fields);
}

export function hashAlgorithm(hash: HashName): Octets {
  return seq(oid(HASH_OIDS[hash]), nul());
}

export function digest(hash: HashName, ...data: readonly Octets[]): Octets {
  const hasher = createHash(hash);
  for (const part of data) hasher.update(part);
  return new Uint8Array(hasher.digest());
}

/** Makes a real signature. A key with a memory repeats its earlier signature of the same data. */
export function sign(name: SignatureName, key: Key, data: Octets): Octets {
  if (key.memory === undefined || isRepeatable(name)) return freshSignature(name, key, data);
  const id = Buffer.from(digest('sha256', key.spki, Buffer.from(name), data)).toString('hex');
  const signature = remembered(name, key, data, key.memory.get(id)) ?? freshSignature(name, key, data);
  key.memory.set(id, Buffer.from(signature).toString('base64'));
  return signature;
}

function freshSignature(name: SignatureName, key: Key, data: Octets): Octets {
  return new Uint8Array(cryptoSign(hashArgument(name), data, { key: key.privateKey, ...padding(name) }));
}

function remembered(
  name: SignatureName,
  key: Key,
  data: Octets,
  kept: string | undefined,
): Octets | undefined {
  if (kept === undefined) return undefined;
  const signature = Buffer.from(kept, 'base64');
  const holds = cryptoVerify(hashArgument(name), data, { key: key.publicKey, ...padding(name) }, signature);
  return holds ? new Uint8Array(signature) : undefined;
}

function isRepeatable(name: SignatureName): boolean {
  return name.startsWith('rsa-') || name === 'ed25519' || name === 'ed448';
}

function hashArgument(name: SignatureName): HashName | null {
  return name === 'ed25519' || name === 'ed448' ? null : hashOf(name);
}

function hashOf(name: SignatureName): HashName {
  return name.slice(name.indexOf('-') + 1) as HashName;
}

/** The salt is as long as the hash (RFC 4055 §3.1). */
function saltLength(hash: HashName): number {
  return digest(hash).length;
}

function padding(name: SignatureName): Omit<SignKeyObjectInput, 'key'> {
  if (!name.startsWith('pss-')) return {};
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: saltLength(hashOf(name)) };
}
