import { randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { nodeFiles } from './files.js';
import { limitHeapGrowth, relieveMemory } from './memory.js';
import { createProcesses } from './processes.js';
import { openStop } from './stop.js';
import { openLogFile, readInput } from './streams.js';
import type { System } from './system.js';
import { monotonicClock, sleep } from './timers.js';
import { setV8Flag } from './v8-flag.js';

/** Returns the working folder. If it was removed, a path that does not exist stands for it. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return '/removed-working-folder';
  }
}

function programFolder(): string {
  const program = process.argv[1] ?? '';
  try {
    return dirname(realpathSync(program));
  } catch {
    return dirname(program);
  }
}

/** Makes the System of a real Node.js process. */
export function nodeSystem(): System {
  const parent = process.ppid;
  return {
    files: nodeFiles,
    processes: createProcesses(),
    commands: { run: async (words, limits) => (await import('./commands.js')).runCommand(words, limits) },
    capture: async (words, limits) => (await import('./commands.js')).captureCommand(words, limits),
    sockets: {
      converse: async (address, text, limits) =>
        (await import('./sockets.js')).converse(address, text, limits),
    },
    tls: {
      shakeHands: async (server, limits) => (await import('./tls-client.js')).shakeHands(server, limits),
    },
    environment: process.env,
    workingFolder: workingFolder(),
    get programFolder() {
      return programFolder();
    },
    now: () => Date.now(),
    elapsed: monotonicClock,
    relieveMemory,
    limitHeapGrowth,
    breathe: () => setImmediate(),
    sleep,
    randomBytes: openRandom(),
    readInput,
    openLog: openLogFile,
    // The system gives an orphan another parent.
    isOrphaned: () => process.ppid !== parent,
    openStop,
    openHttp: async (options) => (await loadHttp()).openHttp(options),
  };
}

/**
 * Loads undici, which most runs do not need. Optimising its WebAssembly would cost V8 more time than a run can gain. The
 * flag is set after the loading, because V8 refuses the code cache with it, and before the first connection, which compiles
 * the WebAssembly.
 */
async function loadHttp() {
  const module = await import('./http/client.js');
  setV8Flag('--liftoff-only');
  return module;
}

/** Bytes that are requested at once: a few take as long as many. */
const STOCK = 1024;

/** Makes a source of random bytes of the operating system; each byte is used once. */
function openRandom(): (count: number) => Uint8Array {
  let stock: Uint8Array = new Uint8Array();
  return (count) => {
    if (stock.length < count) stock = randomBytes(Math.max(STOCK, count));
    const taken = stock.subarray(0, count);
    stock = stock.subarray(count);
    return taken;
  };
}
