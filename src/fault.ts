import { EXIT } from './report/exit-status.js';

// The main program imports this before all else: a fault, also one while the rest is loaded, ends with a status that
// callers know, and not with one of Node's own.
process.exitCode = EXIT.internal;
process.on('uncaughtException', (error: unknown) => {
  try {
    process.stderr.write(
      `error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
  } finally {
    process.exit(EXIT.internal);
  }
});

// A run ends the process itself: here it waits for something that never comes.
process.once('beforeExit', () =>
  process.stderr.write('error: the run has come to a standstill (a fault in ocspbot)\n'),
);
