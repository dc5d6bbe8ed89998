import { EXIT, PLUGIN } from './report/exit-status.js';
import { isJournal } from './system/descriptors.js';
import { withLevels } from './util/journal.js';

// The main program imports this module first. A fault, even while the other modules are loaded, then ends with
// `EXIT.internal`, which callers know, instead of a status of Node's own.
// Monitoring, which calls `check`, knows UNKNOWN.
const status = process.argv.includes('check', 2) ? PLUGIN.unknown : EXIT.internal;
process.exitCode = status;
process.on('uncaughtException', (error: unknown) => {
  try {
    tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    process.exit(status);
  }
});

// A run ends the process itself. An event loop that runs empty means that the run waits for something that never comes.
process.once('beforeExit', () => tell('the run has come to a standstill (a fault in ocspbot)'));

function tell(fault: string): void {
  const text = `error: ${fault}`;
  process.stderr.write(`${isJournal(process.stderr.fd) ? withLevels(text, 'error') : text}\n`);
}
