import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { nodeFiles } from './files.js';
import { createProcesses } from './processes.js';
import { openStop } from './stop.js';
import { openLogFile, readInput } from './streams.js';
import type { System } from './system.js';
import { sleep } from './timers.js';

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
  return await import('./http/client.js');
}

/** Asked for at once: a few octets take as long as many. */
const STOCK = 1024;

/** Random octets of the operating system, each given out once. */
function openRandom(): (count: number) => Uint8Array {
  let stock: Uint8Array = new Uint8Array();
  return (count) => {
    if (stock.length < count) stock = randomBytes(Math.max(STOCK, count));
    const taken = stock.subarray(0, count);
    stock = stock.subarray(count);
    return taken;
  };
}
