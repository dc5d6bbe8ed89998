import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream';
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
    await collect(response, limit, progress);
  } catch (error) {
    if (progress.status === 200) throw error;
  }
  return Buffer.concat(progress.chunks);
}

function collect(response: IncomingMessage, limit: number, progress: Progress): Promise<void> {
  return new Promise((resolve, reject) => {
    response.on('data', (chunk: Uint8Array) => {
      progress.octets += chunk.length;
      if (progress.octets > limit) response.destroy(new BodyTooLarge());
      else progress.chunks.push(chunk);
    });
    // Also of one that has been destroyed already.
    finished(response, (error) => (error ? reject(error) : resolve()));
  });
}
