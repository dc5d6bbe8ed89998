import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { LIMITS } from '../defaults.js';

const { O_WRONLY, O_CREAT, O_TRUNC, O_NONBLOCK } = constants;

/**
 * Opens a file that begins anew and is written line by line, so that it is whole whenever the process ends. In its place
 * may be a pipe: one that nobody reads is refused with ENXIO, and one whose reader takes nothing with EAGAIN.
 */
export function openLogFile(path: string): { write(text: string): void } {
  const descriptor = openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, 0o644);
  let patience = LIMITS.logPatience;
  const write = (text: string): void => {
    let rest = Buffer.from(text);
    while (rest.length > 0) {
      const written = writeSome(descriptor, rest);
      rest = rest.subarray(written);
      if (written > 0) continue;
      if (patience <= 0) {
        closeSync(descriptor);
        throw Object.assign(new Error('nobody reads from this pipe'), { code: 'EAGAIN' });
      }
      patience -= LIMITS.logPause;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LIMITS.logPause);
    }
  };
  return { write };
}

function writeSome(descriptor: number, bytes: Uint8Array): number {
  try {
    return writeSync(descriptor, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw error;
  }
}
