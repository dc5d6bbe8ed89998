import { setV8Flag } from './v8-flag.js';

/** The heap may grow by this many bytes before its garbage is worth a collection. */
const MUCH = 24 * 2 ** 20;

/**
 * The percentage by which the heap may grow in a refresh until V8 collects again. By default V8 lets the 50 MiB that a run
 * of 10,000 certificates needs become 230, because nothing tells it that the memory of a server is better used otherwise.
 */
const GROWTH_PERCENT = 30;

/** The heap in use after the last collection. */
let inUse = 0;

/** Collects garbage if there is much of it, which takes some 30 ms then. V8 compiles some of the code again afterwards. */
export function relieveMemory(): void {
  // A small run loads neither module.
  if (heapUsed() >= inUse + MUCH) collect();
}

/** Collects garbage, and has V8 do so earlier from now on: in small steps, and without harm to compiled code. */
export function limitHeapGrowth(): void {
  setV8Flag(`--heap-growing-percent=${GROWTH_PERCENT}`);
  // V8 sets its next limit when it collects.
  collect();
}

/** The documentation of Node.js gives this way to the collector, for a program that was not started with --expose-gc. */
function collect(): void {
  setV8Flag('--expose-gc');
  const gc = process.getBuiltinModule('node:vm').runInNewContext('gc') as () => void;
  // V8 takes the code cache of the packages only with the flags of the start.
  setV8Flag('--no-expose-gc');
  gc();
  inUse = heapUsed();
}

/** Returns the heap in use, or 0 if it is not known: Node.js reads another of these numbers from /proc, and throws without. */
function heapUsed(): number {
  try {
    return process.memoryUsage().heapUsed;
  } catch {
    return 0;
  }
}
