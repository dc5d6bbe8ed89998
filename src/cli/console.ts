import type { Line, Span } from '../report/text.js';
import { withLevels } from '../util/journal.js';
import { presentable } from '../util/text.js';
import type { Duration } from '../util/time.js';
import type { OutputOptions } from './command.js';

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

/** The output of a command: messages, answers and progress. */
export interface Console extends OutputOptions {
  say(line: Line): void;
  /** Repeats a line of the log file on standard error: cron sends mail only for what is written there. */
  insist(line: Line): void;
  /** Messages go to the journal of systemd, which gets one line for each event. */
  readonly isJournal: boolean;
  /** Writes the answer of a command, for people or for programs, always to standard output. */
  print(text: string): void;
  /** Writes lines of an answer, in colours if `isColourful` and standard output is a terminal. */
  paint(lines: readonly (readonly Span[])[], isColourful: boolean): void;
  /** The number of columns of the terminal that standard output is; undefined if it is none. */
  readonly columns: number | undefined;
  /** Shows a line until the next message, only on a terminal. */
  show(text: string): void;
  /** Flushes both streams, as Outlet.flush does. */
  flush(patience: Duration, signal?: AbortSignal): Promise<boolean>;
}

/** Moves to the first column and erases the line. */
const CLEAR_LINE = '\r\u001B[K';

/**
 * Opens the console of a command.
 *
 * @param mayWarn whether warnings go to standard error. Warnings of a quiet run go only to its log files, because they
 *   are no reason for a mail.
 */
export function openConsole(
  { stdout, stderr, outputLog, errorLog, format }: Sinks,
  options: OutputOptions,
  mayWarn = true,
): Console {
  const wantsInfo = options.format === 'text' && options.detail !== 'quiet';
  const isWatched = takesEscapes(stderr, options) && options.detail !== 'quiet';
  let isShown = false;
  const clear = () => {
    if (isShown) stderr.write(CLEAR_LINE);
    isShown = false;
  };
  const toOutput = (line: Line) =>
    outputLog === undefined ? stdout.write(lineFor(stdout, line, format)) : outputLog.write(`${line.text}\n`);
  return {
    ...options,
    isJournal: stdout.isJournal,
    show: (text) => {
      if (!isWatched) return;
      // CLEAR_LINE erases one line: the rest of a text that goes on in the next one would stay.
      stderr.write(`${CLEAR_LINE}${presentable(text).slice(0, (stderr.columns || Infinity) - 1)}`);
      isShown = true;
    },
    say: (line) => {
      const { severity } = line;
      const text = presentable(line.text);
      clear();
      if (severity === 'info') {
        if (wantsInfo) toOutput({ ...line, text });
        return;
      }
      outputLog?.write(`${text}\n`);
      if (errorLog !== undefined) errorLog.write(`${text}\n`);
      else if (severity === 'error' || mayWarn) stderr.write(lineFor(stderr, { ...line, text }, format));
    },
    insist: (line) => {
      if (errorLog !== undefined)
        stderr.write(lineFor(stderr, { ...line, text: presentable(line.text) }, format));
    },
    print: (text) => {
      clear();
      stdout.write(presentable(text));
    },
    columns: stdout.columns,
    paint: (lines, isColourful) => {
      clear();
      const isPainted = isColourful && takesEscapes(stdout, options);
      stdout.write(lines.map((line) => `${line.map((span) => toText(span, isPainted)).join('')}\n`).join(''));
    },
    flush: async (patience, signal) => {
      const taken = await Promise.all([stdout, stderr].map((outlet) => outlet.flush(patience, signal)));
      return taken.every(Boolean);
    },
  };
}

function takesEscapes({ isTerminal, isDumb }: Outlet, { isPlain }: OutputOptions): boolean {
  return isTerminal && !isDumb && !isPlain;
}

/** SGR codes of colours (ECMA-48 §8.3.117). */
const COLOURS: Readonly<Record<NonNullable<Span['tone']>, number>> = {
  good: 32,
  doubtful: 33,
  bad: 31,
  faint: 2,
};

function toText({ text, tone }: Span, isPainted: boolean): string {
  const safe = presentable(text);
  return isPainted && tone !== undefined ? `\u001B[${COLOURS[tone]}m${safe}\u001B[0m` : safe;
}

/** Formats a line for a stream. In the journal each line begins with its level. */
export function lineFor({ isJournal }: Outlet, line: Line, format?: Sinks['format']): string {
  const { severity } = line;
  const text = format === undefined ? line.text : format(line);
  return `${isJournal ? withLevels(text, severity) : text}\n`;
}

export function toJsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
