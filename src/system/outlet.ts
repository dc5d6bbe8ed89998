import { fstatSync } from 'node:fs';
import type { Writable } from 'node:stream';
import type { Duration } from '../time/duration.js';

type StandardStream = Writable & { readonly isTTY?: boolean; readonly fd: number };

/** Octets that are written at once: a reader that takes so many is not stuck. */
const CHUNK = 8 * 1024;

/** A standard stream. A reader that has gone away (`| head`) is no reason to fail. */
export function openOutlet(stream: StandardStream) {
  const writer = new Writer(stream);
  return {
    isTerminal: stream.isTTY === true,
    isJournal: isJournal(stream),
    write: (text: string) => writer.write(text),
    flush: (patience: Duration, signal?: AbortSignal) => writer.flush(patience, signal),
  };
}

/** Hands a stream no more than it takes, so that it is known whether its reader goes on. */
class Writer {
  readonly #stream: Writable;
  readonly #pending: Uint8Array[] = [];
  #taken = 0;
  #noticed: () => void = () => undefined;
  /** Nobody is there to take anything any more. */
  #isBroken = false;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', () => this.#break());
  }

  write(text: string): void {
    if (this.#isBroken) return;
    const octets = Buffer.from(text);
    for (let start = 0; start < octets.length; start += CHUNK)
      this.#pending.push(octets.subarray(start, start + CHUNK));
    this.#pump();
  }

  /** Whether all was taken; false when nothing was for so long, or when the signal is aborted. */
  async flush(patience: Duration, signal?: AbortSignal): Promise<boolean> {
    while (!this.#isBroken && (this.#pending.length > 0 || this.#stream.writableLength > 0)) {
      const before = this.#taken;
      await this.#progress(patience, signal);
      if (this.#taken === before) return false;
    }
    return true;
  }

  #break(): void {
    this.#isBroken = true;
    this.#pending.length = 0;
    this.#noticed();
  }

  #pump(): void {
    while (this.#pending.length > 0 && this.#stream.writableLength === 0)
      this.#stream.write(this.#pending.shift(), () => {
        this.#taken += 1;
        this.#noticed();
        this.#pump();
      });
  }

  #progress(patience: Duration, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, patience);
      function done(): void {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      }
      this.#noticed = done;
      signal?.addEventListener('abort', done, { once: true });
      if (signal?.aborted === true) done();
    });
  }
}

/** systemd names the socket of the journal; a program that was started by another may have a stream elsewhere. */
function isJournal({ fd }: StandardStream): boolean {
  const { JOURNAL_STREAM: journal } = process.env;
  if (journal === undefined) return false;
  const { dev, ino } = fstatSync(fd, { bigint: true });
  return journal === `${dev}:${ino}`;
}
