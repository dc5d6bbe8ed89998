import type { IncomingMessage } from 'node:http';
import { BodyTooLarge, type Progress } from './http-progress.js';

/**
 * Reads a body up to `limit` octets; above, or when it breaks off, the connection is ended and the error thrown.
 * Of a status other than 200 the body is only for the message to a person: as much as came is enough.
 */
export async function readBody(
  response: IncomingMessage,
  limit: number,
  progress: Progress,
): Promise<Uint8Array> {
  try {
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      progress.octets += chunk.length;
      if (progress.octets > limit) throw new BodyTooLarge();
      progress.chunks.push(chunk);
    }
  } catch (error) {
    if (progress.status === 200) throw error;
  }
  return Buffer.concat(progress.chunks);
}
