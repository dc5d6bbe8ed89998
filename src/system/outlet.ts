import type { Writable } from 'node:stream';

/** A standard stream. A reader that has gone away (`| head`) is no reason to fail. */
export function openOutlet(stream: Writable & { readonly isTTY?: boolean }) {
  stream.on('error', () => undefined);
  return {
    isTerminal: stream.isTTY === true,
    write: (text: string) => void stream.write(text),
    flush: async () => {
      if (stream.writableLength > 0) await new Promise<void>((resolve) => stream.write('', () => resolve()));
    },
  };
}
