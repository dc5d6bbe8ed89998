import { makeKey } from '../../../support/ca.js';
import { bits, childrenOf, concat, contentOf, explicit, nul, oid, seq } from '../../../support/der.js';
import type { ResponseParts } from '../../../support/response-options.js';
import { responderByKey, responderByName } from '../../../support/responses.js';
import { pssAlgorithm, signatureAlgorithm } from '../../../support/signing.js';
import type { UnsignedResponse } from '../unsigned-response.js';
import { group } from '../flaw.js';

function tampered(unsigned: UnsignedResponse, tamper: (parts: ResponseParts) => void): void {
  unsigned.response.tamper = tamper;
}

function flippedAt(octets: Uint8Array, index: number): Uint8Array {
  return octets.with(index, (octets.at(index) ?? 0) ^ 1);
}

/** A key that signs with this algorithm; the parameters then become others. */
function renamed(
  unsigned: UnsignedResponse,
  key: 'rsa-2048' | 'p-256' | 'ed25519',
  algorithm: Uint8Array,
): void {
  const signer = unsigned.pki.delegate({ key: makeKey(key, 'delegate') });
  const signature = algorithm === OTHER_SALT ? 'pss-sha256' : undefined;
  Object.assign(unsigned.response, { signer, embed: [signer], signature });
  tampered(unsigned, (parts) => void (parts.algorithm = algorithm));
}

const OTHER_SALT = pssAlgorithm('sha256', 20);

/** The same text, of another string type or case: the same name to RFC 5280 §7.1, other octets. */
function retyped(name: Uint8Array, change: (value: Uint8Array) => Uint8Array): Uint8Array {
  const rdns = childrenOf(name).map((rdn) => {
    const [attribute] = childrenOf(rdn);
    const [type, value] = childrenOf(attribute ?? concat());
    return concat(Uint8Array.of(0x31), seqLength(seq(type ?? concat(), change(value ?? concat()))));
  });
  return seq(...rdns);
}

function seqLength(element: Uint8Array): Uint8Array {
  return seq(element).subarray(1);
}

const signerOf = ({ response, pki }: UnsignedResponse) => response.signer ?? pki.issuer;

export const signatureFlaws = group('signer', {
  'a bit of the data is another': [
    'refused',
    (unsigned) => tampered(unsigned, (parts) => void (parts.tbs = flippedAt(parts.tbs, 30))),
  ],
  'the last bit of the signature is another': [
    'refused',
    (unsigned) => tampered(unsigned, (parts) => void (parts.signature = flippedAt(parts.signature, -1))),
  ],
  'the signature is empty': [
    'refused',
    (unsigned) => tampered(unsigned, (parts) => void (parts.signature = bits(concat()))),
  ],
  'the signature is all zero': [
    'refused',
    (unsigned) =>
      tampered(unsigned, (parts) => {
        parts.signature = bits(new Uint8Array(contentOf(parts.signature).length - 1));
      }),
  ],
  'the responderID names another by name': [
    'refused',
    (unsigned) => void (unsigned.response.responderId = responderByName(unsigned.pki.siblings[0].name)),
  ],
  'the responderID names another by key': [
    'refused',
    (unsigned) => void (unsigned.response.responderId = responderByKey(unsigned.pki.impostor.key.spki)),
  ],
  'the responderID has another string type': [
    'responder-id-mismatch',
    (unsigned) => {
      const name = retyped(signerOf(unsigned).name, (value) => value.with(0, 0x14));
      unsigned.response.responderId = responderByName(name);
    },
    'delegate',
  ],
  'the responderID has another case': [
    'responder-id-mismatch',
    (unsigned) => {
      const upper = (value: Uint8Array) =>
        value.map((octet) => (octet >= 97 && octet <= 122 ? octet - 32 : octet));
      unsigned.response.responderId = responderByName(retyped(signerOf(unsigned).name, upper));
    },
  ],
  'the algorithm is another hash': [
    'refused',
    (unsigned) => renamed(unsigned, 'p-256', signatureAlgorithm('ecdsa-sha512')),
  ],
  'the algorithm is another key type': [
    'refused',
    (unsigned) => renamed(unsigned, 'rsa-2048', signatureAlgorithm('ecdsa-sha256')),
  ],
  'PSS with another salt length': ['refused', (unsigned) => renamed(unsigned, 'rsa-2048', OTHER_SALT)],
  'ECDSA with parameters': [
    'signature-algorithm-malformed',
    (unsigned) => renamed(unsigned, 'p-256', seq(oid('1.2.840.10045.4.3.2'), nul())),
  ],
  'RSA with parameters other than NULL': [
    'signature-algorithm-malformed',
    (unsigned) => renamed(unsigned, 'rsa-2048', seq(oid('1.2.840.113549.1.1.11'), explicit(0, nul()))),
  ],
  'RSA without parameters': [
    'accepted',
    (unsigned) => renamed(unsigned, 'rsa-2048', seq(oid('1.2.840.113549.1.1.11'))),
  ],
});
