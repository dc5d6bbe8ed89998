import type { FileContent } from './file-content.js';

const MAGIC: readonly (readonly [readonly number[], FileContent])[] = [
  [[0xfe, 0xed, 0xfe, 0xed], 'java-keystore'],
  [[0xce, 0xce, 0xce, 0xce], 'java-keystore'],
  [[0x1f, 0x8b], 'archive'], // gzip
  [[0x50, 0x4b, 0x03, 0x04], 'archive'], // ZIP
  [[0x42, 0x5a, 0x68], 'archive'], // bzip2
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'archive'], // xz
  [[0x28, 0xb5, 0x2f, 0xfd], 'archive'], // zstd
  [[0x7f, 0x45, 0x4c, 0x46], 'program'], // ELF
  [[0x89, 0x50, 0x4e, 0x47], 'picture'], // PNG
  [[0xff, 0xd8, 0xff], 'picture'], // JPEG
  [[0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe], 'encrypted-volume'], // LUKS
];

/** Matches eight characters of text, which random data rarely begins with. */
const TEXT_BEGINS = /^[\t\n\r\x20-\x7e]{8}/;

/** Recognizes binary data that is not DER by its first octets. */
export function contentOfBinary(bytes: Uint8Array): FileContent {
  const magic = MAGIC.find(([octets]) => octets.every((octet, index) => bytes[index] === octet));
  if (magic !== undefined) return magic[1];
  const begin = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  return TEXT_BEGINS.test(begin) ? 'binary-with-text' : 'unknown';
}
