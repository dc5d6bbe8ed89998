import { createHash } from 'node:crypto';

/** Reports whether two arrays hold the same bytes. Neither is copied. */
export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && Buffer.compare(one, other) === 0;
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Returns the SHA-256 of bytes or text in hexadecimal. */
export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Returns a random number of at least 0 and below 1. */
export function randomFraction({ randomBytes }: { randomBytes(count: number): Uint8Array }): number {
  return Buffer.from(randomBytes(4)).readUInt32BE() / 2 ** 32;
}

/** An object of a JSON text, none of whose fields is checked yet. */
export interface JsonRecord {
  readonly [name: string]: unknown;
}

/** Returns the object that a JSON text holds; undefined if it holds anything else, or is no JSON. */
export function parseRecord(bytes: Uint8Array): JsonRecord | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
