import type { Dispatcher } from 'undici';
import { BodyTooLarge, type Progress } from './http-progress.js';

/**
 * Reads a body up to `limit` octets; above, or when it breaks off, the connection is ended and the error thrown.
 * Of a status other than 200 the body is only for the message to a person: as much as came is enough.
 */
export async function readBody(
  { statusCode, body }: Dispatcher.ResponseData,
  limit: number,
  progress: Progress,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      progress.octets += chunk.length;
      if (progress.octets > limit) throw new BodyTooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (statusCode === 200) throw error;
  }
  return Buffer.concat(chunks);
}
