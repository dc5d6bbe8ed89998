import { tooLarge } from './read-file.js';

/** Reads standard input to its end: no more than `limit` octets. */
export async function readInput(limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > limit) throw tooLarge('standard input', limit);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
