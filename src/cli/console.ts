import type { Line } from '../report/text.js';
import { presentable } from '../util/text.js';
import type { Duration, Instant } from '../util/time.js';
import type { OutputOptions } from './command.js';

/** Where text goes: a stream of the process, or a file. */
export interface Sink {
  write(text: string): void;
}

/** A stream, whose reader may be slow. */
export interface Outlet extends Sink {
  readonly isTerminal: boolean;
  /** It leads to the journal of systemd. */
  readonly isJournal: boolean;
  /**
   * Whether all that was written has been taken, or nobody is there to take it; false when the reader has taken nothing
   * for so long, or the signal is aborted.
   */
  flush(patience: Duration, signal?: AbortSignal): Promise<boolean>;
}

export interface Sinks {
  readonly stdout: Outlet;
  readonly stderr: Outlet;
  /** In the place of stdout: errors are repeated in it, since somebody will read it alone. */
  readonly outputLog?: Sink | undefined;
  /** In the place of stderr. */
  readonly errorLog?: Sink | undefined;
}

/** What commands speak through. */
export interface Console extends OutputOptions {
  say(line: Line): void;
  /** Tells whoever reads standard error what so far only a log file was told: cron sends mail for nothing else. */
  insist(line: Line): void;
  /** What is said goes to the journal of systemd, which has a line for each thing that happened. */
  readonly isJournal: boolean;
  /** The answer of a command, for people or for programs: always to standard output. */
  print(text: string): void;
  /** A line that stays until something else is said; only where a person looks on. */
  show(text: string): void;
  /** As that of an outlet, for both. */
  flush(patience: Duration, signal?: AbortSignal): Promise<boolean>;
}

/** To the first column, and what stands there goes. */
const CLEAR_LINE = '\r\u001B[K';

/**
 * @param mayWarn whether warnings go to standard error: those of a quiet run are no reason for a mail, but belong to its
 *   log files
 */
export function openConsole(
  { stdout, stderr, outputLog, errorLog }: Sinks,
  options: OutputOptions,
  mayWarn = true,
): Console {
  const wantsInfo = options.format === 'text' && options.detail !== 'quiet';
  const isWatched = stderr.isTerminal && options.detail !== 'quiet' && !options.isPlain;
  let isShown = false;
  const clear = () => {
    if (isShown) stderr.write(CLEAR_LINE);
    isShown = false;
  };
  const toOutput = (line: Line) =>
    outputLog === undefined ? stdout.write(inJournal(line, stdout)) : outputLog.write(`${line.text}\n`);
  return {
    ...options,
    isJournal: stdout.isJournal,
    show: (text) => {
      if (!isWatched) return;
      stderr.write(`${CLEAR_LINE}${presentable(text)}`);
      isShown = true;
    },
    say: (line) => {
      const { severity } = line;
      const text = presentable(line.text);
      clear();
      if (severity === 'info') {
        if (wantsInfo) toOutput({ severity, text });
        return;
      }
      outputLog?.write(`${text}\n`);
      if (errorLog !== undefined) errorLog.write(`${text}\n`);
      else if (severity === 'error' || mayWarn) stderr.write(inJournal({ severity, text }, stderr));
    },
    insist: (line) => {
      if (errorLog !== undefined) stderr.write(inJournal({ ...line, text: presentable(line.text) }, stderr));
    },
    print: (text) => {
      clear();
      stdout.write(presentable(text));
    },
    flush: async (patience, signal) => {
      const taken = await Promise.all([stdout, stderr].map((outlet) => outlet.flush(patience, signal)));
      return taken.every(Boolean);
    },
  };
}

/** Levels of syslog, which systemd takes from the beginning of each line (sd-daemon(3)). */
const LEVELS: Readonly<Record<Line['severity'], string>> = { info: '<6>', warning: '<4>', error: '<3>' };

/** The text of a line for a stream, with its level where that is the journal. */
export function inJournal({ severity, text }: Line, { isJournal }: Outlet): string {
  return isJournal ? `${LEVELS[severity]}${text.replaceAll('\n', `\n${LEVELS[severity]}`)}\n` : `${text}\n`;
}

export function toJsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Between two drawings; a run that takes less shows nothing. */
const INTERVAL = 200;

/** How far a run is, in a line that goes away again. */
export interface Progress {
  /** One more certificate is done. */
  step(): void;
}

export function openProgress(total: number, now: () => Instant, console: Console): Progress {
  let done = 0;
  let drawn = now();
  return {
    step: () => {
      done += 1;
      const at = now();
      // A clock that is set back must not stop it.
      if (Math.abs(at - drawn) < INTERVAL) return;
      drawn = at;
      console.show(`${done} of ${total} certificates`);
    },
  };
}
