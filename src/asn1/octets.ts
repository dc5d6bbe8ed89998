/** Whether both hold the same octets. Neither is copied. */
export function sameOctets(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && Buffer.compare(one, other) === 0;
}
