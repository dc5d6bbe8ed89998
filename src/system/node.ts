import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { nodeFiles } from './files.js';
import { openLogFile } from './log-file.js';
import { readInput } from './input.js';
import { createProcesses } from './processes.js';
import { openRandom } from './random.js';
import { sleep } from './sleep.js';
import { openStop } from './stop.js';
import type { System } from './system.js';

/** Also of a process whose folder was removed: then it is one in which nothing is found. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return '/removed-working-folder';
  }
}

/** The real thing. */
export function nodeSystem(): System {
  return {
    files: nodeFiles,
    processes: createProcesses(),
    commands: { run: async (words, limits) => (await import('./commands.js')).runCommand(words, limits) },
    sockets: {
      converse: async (address, text, limits) =>
        (await import('./sockets.js')).converse(address, text, limits),
    },
    tls: {
      shakeHands: async (server, limits) => (await import('./tls-client.js')).shakeHands(server, limits),
    },
    environment: process.env,
    workingFolder: workingFolder(),
    now: () => Date.now(),
    breathe: () => setImmediate(),
    sleep,
    randomBytes: openRandom(),
    readInput,
    openLog: openLogFile,
    openStop,
    openHttp: async (options) => (await loadHttp()).openHttp(options),
  };
}

/** Loads undici, which most runs do not need. V8 would spend more on optimising its WebAssembly than a run can win. */
async function loadHttp() {
  setFlagsFromString('--liftoff-only');
  return await import('./http.js');
}
