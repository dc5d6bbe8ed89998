/** The number that octets hold, the greatest first (X.690 §8.3), as if it had no sign. */
export function unsigned(octets: Uint8Array): bigint {
  return octets.length === 0 ? 0n : BigInt(`0x${Buffer.from(octets).toString('hex')}`);
}

export function isNegative(content: Uint8Array): boolean {
  return (content[0] ?? 0) >= 0x80;
}
