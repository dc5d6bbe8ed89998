import type { Writable } from 'node:stream';

/** A standard stream. A reader that has gone away (`| head`) is no reason to fail. */
export function openOutlet(stream: Writable): { write(text: string): void; flush(): Promise<void> } {
  stream.on('error', () => undefined);
  return {
    write: (text) => void stream.write(text),
    flush: async () => {
      if (stream.writableLength > 0) await new Promise<void>((resolve) => stream.write('', () => resolve()));
    },
  };
}
