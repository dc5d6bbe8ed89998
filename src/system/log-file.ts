import { openSync, writeSync } from 'node:fs';

/** A file that begins anew and is written line by line, so that it is whole whenever the process ends. */
export function openLogFile(path: string): { write(text: string): void } {
  const descriptor = openSync(path, 'w', 0o644);
  return { write: (text) => void writeSync(descriptor, text) };
}
