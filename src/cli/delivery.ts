import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { codeOf, systemWords } from '../util/system-errors.js';
import type { Command } from './command.js';
import type { Outlet } from './sinks.js';

/** The commands whose status stands, whatever becomes of their output: it asks for reloads. */
const OF_RUNS: ReadonlySet<Command['kind']> = new Set(['refresh', 'install', 'rollback']);

/**
 * Makes sure that an answer is not cut off, because its reader may take it for whole: a configuration, or a response. A
 * reader that ends early (`| head`) has what it wants of a text; of a response nobody wants a part.
 * A closed standard output is not noticed: Node.js opens /dev/null in its place, in the same way as programs that discard
 * the output of others.
 */
export async function assertDelivered({ kind }: Command, stdout: Outlet): Promise<void> {
  if (OF_RUNS.has(kind)) return;
  const isTaken = await stdout.flush(LIMITS.readerPatienceAtEnd);
  const failure = stdout.failure();
  if (failure === undefined) {
    if (!isTaken) throw undelivered('nobody reads it', READ);
  } else if (failure.code === 'EPIPE') {
    if (kind === 'fetch') throw undelivered(systemWords(failure), GONE);
  } else throw undelivered(systemWords(failure), ROOM, isFull(failure) ? 'no-space' : 'write-failed');
}

function isFull(failure: Error): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(codeOf(failure) ?? '');
}

const READ = 'what was read is incomplete: run the command again, and read all of it';
const GONE = 'its reader ended before it had read the response: see why, and run the command again';
const ROOM = 'what was written is incomplete: make room there, and run the command again';

function undelivered(
  problem: string,
  hint: string,
  code: 'write-failed' | 'no-space' = 'write-failed',
): OcspbotError {
  return new OcspbotError(code, `the output cannot be written: ${problem}`, { hint });
}
