#!/usr/bin/env node
import './fault.js';
import { run } from './cli/run.js';
import { LIMITS } from './util/limits.js';
import { nodeSystem } from './system/node.js';
import { endFirstProcess } from './system/stop.js';
import { openOutlet } from './system/streams.js';

// A run must be able to use what it has made, so a umask takes rights from others only.
process.umask(process.umask(0o077) & 0o077);

const sinks = { stdout: openOutlet(process.stdout), stderr: openOutlet(process.stderr) };
endFirstProcess();
void main();

/** Runs the program. A top-level await is impossible: the built program is not an ES module (packaging/program.mjs says why). */
async function main(): Promise<void> {
  const status = await run(process.argv.slice(2), nodeSystem(), sinks);
  await Promise.all([sinks.stdout, sinks.stderr].map((sink) => sink.flush(LIMITS.readerPatienceAtEnd)));
  // Exit at once: the reported reloads are pending no more, so a kill from here on would lose the exit status.
  process.exit(status);
}
