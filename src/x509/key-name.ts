import type { Certificate } from './certificate.js';
import { DerError } from './der.js';
import { readFacts } from './keys/public-key.js';

/** Names the kind and the size of the key of a certificate for people, like `RSA 2048`. OpenSSL does not see the key. */
export function keyName({ subjectPublicKeyInfo }: Pick<Certificate, 'subjectPublicKeyInfo'>): string {
  try {
    return nameOf(readFacts(subjectPublicKeyInfo));
  } catch (error) {
    if (error instanceof DerError) return 'unreadable';
    throw error;
  }
}

function nameOf(facts: ReturnType<typeof readFacts>): string {
  switch (facts.kind) {
    case 'rsa':
      return `RSA ${facts.bits}`;
    case 'rsa-pss':
      return `RSA-PSS ${facts.bits}`;
    case 'ec':
      return `EC ${facts.curve}`;
    case 'ed25519':
      return 'Ed25519';
    case 'ed448':
      return 'Ed448';
    case 'other':
      return facts.name;
    case 'weak':
    case 'unsound':
      return facts.kind;
  }
}
