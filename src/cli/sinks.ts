import type { Line } from '../report/text.js';
import type { Duration } from '../util/time.js';

/** A destination of text: a stream of the process, or a file. */
export interface Sink {
  write(text: string): void;
}

/** A stream. Its reader may be slow. */
export interface Outlet extends Sink {
  write(content: string | Uint8Array): void;
  readonly isTerminal: boolean;
  /** The terminal knows no escape sequences: neither colours, nor how to erase a line. */
  readonly isDumb: boolean;
  /** The number of columns of a terminal. */
  readonly columns: number | undefined;
  /** The stream leads to the journal of systemd. */
  readonly isJournal: boolean;
  /**
   * Waits until the reader has taken all text. Resolves to true also if there is no reader any more, and to false if the
   * reader took nothing for `patience` or the signal was aborted.
   */
  flush(patience: Duration, signal?: AbortSignal): Promise<boolean>;
  /** Returns the error that ended the output: EPIPE if the reader has gone; undefined if there is none. */
  failure(): NodeJS.ErrnoException | undefined;
}

export interface Sinks {
  readonly stdout: Outlet;
  readonly stderr: Outlet;
  /** Replaces stdout. Errors are repeated in it, since it may be read alone. */
  readonly outputLog?: Sink | undefined;
  /** Replaces stderr. */
  readonly errorLog?: Sink | undefined;
  /** Formats messages for the streams, and not for log files; undefined for text. */
  readonly format?: ((line: Line) => string) | undefined;
}
