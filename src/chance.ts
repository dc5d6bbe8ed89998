/** A random number from 0 to 1. */
export function chance({ randomBytes }: { randomBytes(count: number): Uint8Array }): number {
  return Buffer.from(randomBytes(4)).readUInt32BE() / 2 ** 32;
}
