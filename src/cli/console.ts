import type { Line } from '../report/text.js';
import type { OutputOptions } from './command.js';

/** Where text goes: a stream of the process, or a file. */
export interface Sink {
  write(text: string): void;
}

export interface Sinks {
  readonly stdout: Sink;
  readonly stderr: Sink;
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
}

export function openConsole({ stdout, stderr, outputLog, errorLog }: Sinks, options: OutputOptions): Console {
  const wantsInfo = options.format === 'text' && options.detail !== 'quiet';
  return {
    ...options,
    say: ({ severity, text }) => {
      if (severity !== 'info') {
        (errorLog ?? stderr).write(`${text}\n`);
        outputLog?.write(`${text}\n`);
      } else if (wantsInfo) {
        (outputLog ?? stdout).write(`${text}\n`);
      }
    },
    print: (text) => stdout.write(text),
  };
}

export function toJsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
