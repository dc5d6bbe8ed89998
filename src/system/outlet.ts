import { fstatSync } from 'node:fs';
import type { Writable } from 'node:stream';

type StandardStream = Writable & { readonly isTTY?: boolean; readonly fd: number };

/** A standard stream. A reader that has gone away (`| head`) is no reason to fail. */
export function openOutlet(stream: StandardStream) {
  stream.on('error', () => undefined);
  return {
    isTerminal: stream.isTTY === true,
    isJournal: isJournal(stream),
    write: (text: string) => void stream.write(text),
    flush: async () => {
      if (stream.writableLength > 0) await new Promise<void>((resolve) => stream.write('', () => resolve()));
    },
  };
}

/** systemd names the socket of the journal; a program that was started by another may have a stream elsewhere. */
function isJournal({ fd }: StandardStream): boolean {
  const { JOURNAL_STREAM: journal } = process.env;
  if (journal === undefined) return false;
  const { dev, ino } = fstatSync(fd, { bigint: true });
  return journal === `${dev}:${ino}`;
}
