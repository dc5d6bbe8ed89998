import { hash } from 'node:crypto';

/** Reports whether two arrays hold the same bytes. Neither is copied. */
export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && Buffer.compare(one, other) === 0;
}

/** Returns a text with a character for each byte, such as a key of a Map. */
export function toLatin1({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('latin1');
}

export function toHex({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('hex');
}

/** Returns the SHA-256 of bytes or text in hexadecimal. */
export function sha256(content: Uint8Array | string): string {
  return hash('sha256', content, 'hex');
}

/** Returns a random number of at least 0 and below 1. */
export function randomFraction({ randomBytes }: { randomBytes(count: number): Uint8Array }): number {
  return Buffer.from(randomBytes(4)).readUInt32BE() / 2 ** 32;
}
