import type { Line } from '../report/text.js';
import type { OutputOptions } from './command.js';

/** Where text goes: a stream of the process, or a file. */
export interface Sink {
  write(text: string): void;
}

/** A stream, whose reader may be slow. */
export interface Outlet extends Sink {
  readonly isTerminal: boolean;
  /** Ends when all that was written has been taken, or nobody is there to take it. */
  flush(): Promise<void>;
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
  /** The answer of a command, for people or for programs: always to standard output. */
  print(text: string): void;
  /** A line that stays until something else is said; only where a person looks on. */
  show(text: string): void;
  /** Ends when all of it has reached the reader. */
  flush(): Promise<void>;
}

/** To the first column, and what stands there goes. */
const CLEAR_LINE = '\r\u001B[K';

export function openConsole({ stdout, stderr, outputLog, errorLog }: Sinks, options: OutputOptions): Console {
  const wantsInfo = options.format === 'text' && options.detail !== 'quiet';
  const isWatched = stderr.isTerminal && options.detail !== 'quiet';
  let isShown = false;
  const clear = () => {
    if (isShown) stderr.write(CLEAR_LINE);
    isShown = false;
  };
  return {
    ...options,
    show: (text) => {
      if (!isWatched) return;
      stderr.write(`${CLEAR_LINE}${text}`);
      isShown = true;
    },
    say: ({ severity, text }) => {
      clear();
      if (severity !== 'info') {
        (errorLog ?? stderr).write(`${text}\n`);
        outputLog?.write(`${text}\n`);
      } else if (wantsInfo) {
        (outputLog ?? stdout).write(`${text}\n`);
      }
    },
    print: (text) => {
      clear();
      stdout.write(text);
    },
    flush: async () => void (await Promise.all([stdout.flush(), stderr.flush()])),
  };
}

export function toJsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
