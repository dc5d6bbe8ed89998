/**
 * Text of a file, for what is ASCII in its essence. UTF-16, as PowerShell writes it, is recognized by its byte order
 * mark, or by the zeros of its first characters; all else becomes one character an octet.
 */
export function decodeText(bytes: Uint8Array): string {
  const [first, second, third, fourth] = bytes;
  if (first === 0xff && second === 0xfe) return littleEndian(bytes.subarray(2));
  if (first === 0xfe && second === 0xff) return bigEndian(bytes.subarray(2));
  if (isAscii(first) && second === 0 && isAscii(third) && fourth === 0) return littleEndian(bytes);
  if (first === 0 && isAscii(second) && third === 0 && isAscii(fourth)) return bigEndian(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function isAscii(byte: number | undefined): boolean {
  return (
    byte !== undefined && (byte === 0x09 || byte === 0x0a || byte === 0x0d || (byte >= 0x20 && byte < 0x7f))
  );
}

function littleEndian(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf16le');
}

function bigEndian(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, bytes.length & ~1))
    .swap16()
    .toString('utf16le');
}
