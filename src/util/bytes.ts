/** Whether both hold the same octets. Neither is copied. */
export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && Buffer.compare(one, other) === 0;
}

/** A random number from 0 to 1. */
export function chance({ randomBytes }: { randomBytes(count: number): Uint8Array }): number {
  return Buffer.from(randomBytes(4)).readUInt32BE() / 2 ** 32;
}
