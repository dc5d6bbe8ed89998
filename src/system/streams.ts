import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { addAbortSignal, type Writable } from 'node:stream';
import { LIMITS } from '../util/limits.js';
import type { Duration } from '../util/time.js';
import { identityOf, isJournal } from './descriptors.js';
import { tooLarge } from './read-file.js';

/** Reads standard input to its end, or until the signal is aborted; throws EFBIG above `limit` bytes. */
export async function readInput(limit: number, stop: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of addAbortSignal(stop, process.stdin) as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > limit) throw tooLarge('standard input', limit);
      chunks.push(chunk);
    }
  } catch (error) {
    if (!stop.aborted) throw error;
  }
  return new Uint8Array(Buffer.concat(chunks));
}

type StandardStream = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly fd: number };

/** Bytes that are written at once: a reader that takes so many is not stuck. */
const CHUNK = 8 * 1024;

/** Opens a standard stream. An error is no exception, but told by `failure`. */
export function openOutlet(stream: StandardStream) {
  const writer = new Writer(stream);
  return {
    isTerminal: stream.isTTY === true,
    isDumb: process.env['TERM'] === 'dumb',
    columns: stream.isTTY === true ? stream.columns : undefined,
    isJournal: isJournal(stream.fd),
    write: (content: string | Uint8Array) => writer.write(content),
    flush: (patience: Duration, signal?: AbortSignal) => writer.flush(patience, signal),
    /** The error that ended the output: EPIPE if its reader has gone; undefined while it can be written. */
    failure: () => writer.failure,
  };
}

/** Writes to a stream no more than its reader takes, so that a reader that makes no progress is noticed. */
class Writer {
  readonly #stream: Writable;
  readonly #pending: Uint8Array[] = [];
  #taken = 0;
  #noticed: () => void = () => undefined;
  /** True as soon as the stream has no reader any more, or cannot be written to. */
  #isBroken = false;
  #failure: NodeJS.ErrnoException | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.#failure ??= error;
      this.#break();
    });
  }

  get failure(): NodeJS.ErrnoException | undefined {
    return this.#failure;
  }

  write(content: string | Uint8Array): void {
    if (this.#isBroken) return;
    const bytes = Buffer.from(content);
    for (let start = 0; start < bytes.length; start += CHUNK)
      this.#pending.push(bytes.subarray(start, start + CHUNK));
    this.#pump();
  }

  /** Waits until everything is taken. Returns false if nothing is taken for `patience`, or if the signal is aborted. */
  async flush(patience: Duration, signal?: AbortSignal): Promise<boolean> {
    while (!this.#isBroken && (this.#pending.length > 0 || this.#stream.writableLength > 0)) {
      const before = this.#taken;
      await this.#progress(patience, signal);
      if (this.#taken === before) return false;
    }
    // The error of the last write is told a turn later.
    await new Promise(setImmediate);
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

const { O_WRONLY, O_CREAT, O_TRUNC, O_APPEND, O_NONBLOCK } = constants;

/**
 * Opens a log file, which begins anew. It is written synchronously, so that it is complete whenever the process ends, and
 * always at its end, wherever that is: others may write to the file, or empty it.
 * The path may be a pipe: without a reader it is refused with ENXIO, and with a reader that takes nothing with EAGAIN.
 */
export function openLogFile(path: string): { readonly file: string; write(text: string): void } {
  const descriptor = openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NONBLOCK, 0o644);
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
  return { file: identityOf(descriptor), write };
}

function writeSome(descriptor: number, bytes: Uint8Array): number {
  try {
    return writeSync(descriptor, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw error;
  }
}
