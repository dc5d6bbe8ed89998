import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { nodeFiles } from './files.js';
import { openLogFile } from './log-file.js';
import { readInput } from './input.js';
import { createProcesses } from './processes.js';
import type { System } from './system.js';

/** The real thing. */
export function nodeSystem(): System {
  return {
    files: nodeFiles,
    processes: createProcesses(),
    // execa too is loaded when it is needed
    commands: { run: async (argv, limits) => (await import('./commands.js')).runCommand(argv, limits) },
    environment: process.env,
    workingFolder: process.cwd(),
    now: () => Date.now(),
    randomBytes: (count) => randomBytes(count),
    sleep: (duration) => setTimeout(duration),
    readInput,
    openLog: openLogFile,
    // undici takes longer to load than a run with nothing to do takes altogether
    openHttp: async (options) => (await import('./http.js')).openHttp(options),
  };
}
