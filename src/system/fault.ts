import { EXIT } from '../report/exit-status.js';

// The main program imports this before all else. Node's own statuses for a fault, 1, 7 and 13, are ours for reloads when
// all is well: also for what fails while the rest is loaded they will not do.
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
