import { Session, type Profiler } from 'node:inspector';

/** Counts the calls of functions of src/discovery while `work` runs: as many on every machine. */
export function countCalls(work: () => void): number {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  try {
    work();
    return callsSince(session);
  } finally {
    session.post('Profiler.stopPreciseCoverage');
    session.disconnect();
  }
}

/** Returns the calls since the coverage began. A session with this thread answers before `post` returns. */
function callsSince(session: Session): number {
  const scripts: Profiler.ScriptCoverage[] = [];
  session.post('Profiler.takePreciseCoverage', (_error, { result }) => scripts.push(...result));
  const counts = scripts
    .filter(({ url }) => url.includes('/src/discovery/'))
    .flatMap(({ functions }) => functions.map(({ ranges }) => ranges[0]?.count ?? 0));
  return counts.reduce((sum, count) => sum + count, 0);
}
