import type { Line, Span } from '../report/text.js';
import { withLevels } from '../util/journal.js';
import { presentable } from '../util/text.js';
import type { Duration } from '../util/time.js';
import type { OutputOptions } from './command.js';
import type { Outlet, Sinks } from './sinks.js';
import { openShownLine } from './shown-line.js';

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
  const progress = openShownLine(stderr);
  const toOutput = (line: Line) =>
    outputLog === undefined ? stdout.write(lineFor(stdout, line, format)) : outputLog.write(`${line.text}\n`);
  return {
    ...options,
    isJournal: stdout.isJournal,
    show: (text) => {
      if (isWatched) progress.show(text);
    },
    say: (line) => {
      const { severity } = line;
      const text = presentable(line.text);
      progress.clear();
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
      progress.clear();
      stdout.write(presentable(text));
    },
    columns: stdout.columns,
    paint: (lines, isColourful) => {
      progress.clear();
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
