import type { Argv } from '../configuration/model.js';
import type { CommandResult } from '../system/system.js';
import { describeEnd } from '../util/command-end.js';
import { shownCommand } from '../util/text.js';
import type { Duration } from '../util/time.js';

export type Step = 'test' | 'reload';

/** The result of a command that did not succeed. */
export type Failure = Exclude<CommandResult, { kind: 'succeeded' }>;

export function messageFor(step: Step, argv: Argv, failure: Failure, timeout: Duration): string {
  const end = describeEnd(failure, timeout);
  return step === 'test'
    ? `not reloaded, because its test failed: ${shownCommand(argv)} ${end}`
    : `reload failed: ${shownCommand(argv)} ${end}`;
}

export function hintFor(step: Step, [program]: Argv, failure: Failure): string {
  switch (failure.kind) {
    case 'not-started':
      return startHint(failure.code, program);
    case 'timed-out':
      return 'find out what it waits for, or raise reload_timeout; the next run tries again';
    case 'failed':
    case 'killed':
      return step === 'test'
        ? 'correct what it complains about; the next run tries again'
        : 'run it by hand to see why, and mind the user that runs ocspbot; the next run tries again';
  }
}

/** Returns advice about a program that is written together with its arguments; empty for any other. */
export function wordsAdvice(program: string): string {
  return program.includes(' ')
    ? `; its arguments are words of their own: [${program.split(' ').join(', ')}]`
    : '';
}

function startHint(code: string, program: string): string {
  if (code === 'ENOENT') {
    if (program.includes(' ')) return `there is no such program${wordsAdvice(program)}`;
    return program.includes('/')
      ? 'there is no such program, or not the interpreter in its first line'
      : 'it is not in PATH, which is short for cron and systemd: write the whole path of the program';
  }
  if (code === 'EACCES') return 'make the program executable for the user that runs ocspbot';
  return 'run it by hand to see why; the next run tries again';
}
