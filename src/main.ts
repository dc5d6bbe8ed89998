#!/usr/bin/env node
import './fault.js';
import { run } from './cli/run.js';
import { LIMITS } from './util/limits.js';
import { nodeSystem } from './system/node.js';
import { openOutlet } from './system/streams.js';

const sinks = { stdout: openOutlet(process.stdout), stderr: openOutlet(process.stderr) };
void main();

/** Not by a top-level await: the built program is no ES module (build.mjs says why). */
async function main(): Promise<void> {
  const status = await run(process.argv.slice(2), nodeSystem(), sinks);
  await Promise.all([sinks.stdout, sinks.stderr].map((sink) => sink.flush(LIMITS.readerPatienceAtEnd)));
  // At once: what the caller was told is struck out by now, and a kill from here on would cost him the status.
  process.exit(status);
}
