/**
 * The heap may grow by this many bytes until its garbage is collected. V8 alone lets the 50 MiB that a run of 10,000
 * certificates needs become 230, because nothing tells it that the memory of a server is better used otherwise.
 */
const GROWTH = 24 * 2 ** 20;

/** The heap in use after the last collection. */
let inUse = 0;
let collect: (() => void) | undefined;

/** Collects the garbage if the heap has grown by much since the last time, which takes some 30 ms then. */
export function relieveMemory(): void {
  // A small run loads neither module.
  if (heapUsed() < inUse + GROWTH) return;
  collect ??= openCollector();
  collect();
  inUse = heapUsed();
}

/** The documentation of Node.js gives this way to the collector, for a program that was not started with --expose-gc. */
function openCollector(): () => void {
  process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
  return process.getBuiltinModule('node:vm').runInNewContext('gc') as () => void;
}

/** Returns the heap in use, or 0 if it is not known: Node.js reads another of these numbers from /proc, and throws without. */
function heapUsed(): number {
  try {
    return process.memoryUsage().heapUsed;
  } catch {
    return 0;
  }
}
