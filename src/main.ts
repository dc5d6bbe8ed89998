#!/usr/bin/env node
import { run } from './cli/run.js';
import { nodeSystem } from './system/node.js';

// A reader that has gone away (`| head`) is no reason to fail.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

process.exitCode = await run(process.argv.slice(2), nodeSystem(), {
  stdout: process.stdout,
  stderr: process.stderr,
});
