import { runOcspbot, type Run } from '../../support/run.js';
import { makeSandbox, type Sandbox } from '../../support/sandbox.js';
import {
  changedBits,
  violationsAfterNextRun,
  violationsAtAnyTime,
  filesOf,
  reloadsOf,
  reportedBits,
  targetState,
  type TargetState,
} from './invariants.js';
import type { Call } from './calls.js';
import type { Scenario } from './scenario.js';
import { recordCalls, runWithFault } from './strace.js';

/** The result of one fault and of the runs after it. */
export interface Trial {
  readonly call: Call;
  readonly what: string;
  readonly faulty: Run;
  /** The fault hit exactly that call. */
  readonly isHit: boolean;
  readonly states: readonly TargetState[];
  readonly next: Run;
  /** Violations of the invariants; empty if all is well. */
  readonly violations: readonly string[];
  /**
   * `once too many`: the caller was asked again for a reload, or for one although nothing had changed. `never`: a reload
   * was lost.
   */
  readonly told: 'in time' | 'once too many' | 'never';
}

/** Records the calls of a run without a fault. */
export async function callsOf(scenario: Scenario): Promise<Call[]> {
  return withSandbox(scenario, (sandbox) => recordCalls(scenario.args, sandbox.folder));
}

/** Runs for one fault, because Node itself opens, reads and closes files, too, and not in each run as many. */
const ATTEMPTS = 10;

/**
 * Makes a run in which one call fails or kills, and two runs after it. A call that reads may be missed: there are very
 * many of them.
 */
export async function tryFault(scenario: Scenario, call: Call, what: string): Promise<Trial> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { nth } = attempt === 0 ? call : await recordAgain(scenario, call);
    const trial = await tryOnce(scenario, { ...call, nth }, what);
    if (trial.isHit || call.effect === 'reads' || trial.violations.length > 0) return trial;
  }
  throw new Error(`${call.name} ${call.nth} ${call.on} could not be hit`);
}

/** Finds the call in another run without a fault, as the first one may have been unusual. */
async function recordAgain(scenario: Scenario, call: Call): Promise<Call> {
  const isSame = ({ thread, name, on }: Call) =>
    thread === call.thread && name === call.name && on === call.on;
  const distance = ({ nth }: Call) => Math.abs(nth - call.nth);
  const [nearest] = (await callsOf(scenario))
    .filter(isSame)
    .toSorted((one, other) => distance(one) - distance(other));
  return nearest ?? call;
}

async function tryOnce(scenario: Scenario, call: Call, what: string): Promise<Trial> {
  return withSandbox(scenario, async (sandbox) => {
    const before = filesOf(sandbox);
    const { run: faulty, hit } = await runWithFault(scenario.args, sandbox.folder, {
      ...call,
      what,
    });
    const isHit = hit?.name === call.name && hit.on === call.on;
    const atOnce = violationsAtAnyTime(scenario, sandbox, before);
    const states = scenario.targets.map((target) => targetState(target, sandbox));
    const next = await runOcspbot(scenario.next.args, { cwd: sandbox.folder });
    const afterNext = [
      ...violationsAtAnyTime(scenario, sandbox, before),
      ...violationsAfterNextRun(scenario, sandbox),
    ];
    const owed = changedBits(scenario, sandbox);
    const last = await runOcspbot(scenario.next.args, { cwd: sandbox.folder });
    const told = reportingOf(owed, faulty, next, reloadsOf(scenario, sandbox));
    const violations = [
      ...atOnce,
      ...afterNext,
      ...(hit === undefined ? [] : violationsOfEnd(faulty, what)),
      ...(isQuiet(next) ? [] : [`the next run ended with ${statusOf(next)}: ${next.stderr}`]),
      ...(last.status === 0 ? [] : [`the run after that ended with ${statusOf(last)}: ${last.stderr}`]),
    ];
    return { call, what, faulty, isHit, states, next, violations, told };
  });
}

async function withSandbox<T>(scenario: Scenario, work: (sandbox: Sandbox) => Promise<T>): Promise<T> {
  const sandbox = makeSandbox();
  try {
    scenario.write(sandbox);
    return await work(sandbox);
  } finally {
    sandbox.dispose();
  }
}

/** Compares the number of reports and reloads of each service with the pending reloads. */
function reportingOf(
  owed: number,
  first: Run,
  second: Run,
  reloads: ReadonlyMap<number, number>,
): Trial['told'] {
  const timesOf = (bit: number): number =>
    [first, second].filter((run) => (reportedBits(run) & bit) !== 0).length + (reloads.get(bit) ?? 0);
  const bits = [2, 4];
  if (bits.some((bit) => (owed & bit) !== 0 && timesOf(bit) === 0)) return 'never';
  return bits.some((bit) => timesOf(bit) > ((owed & bit) === 0 ? 0 : 1)) ? 'once too many' : 'in time';
}

/** Checks that the program itself did not crash. */
function violationsOfEnd(run: Run, what: string): string[] {
  if (what === 'signal=KILL') return run.signal === 'SIGKILL' ? [] : [`it was not killed: ${statusOf(run)}`];
  const isSound = run.status !== undefined && run.status !== 70 && !run.stderr.includes('    at ');
  return isSound ? [] : [`it ended with ${statusOf(run)}: ${run.stderr}`];
}

/** Reports whether a run after the fault needs no attention. */
function isQuiet({ status }: Run): boolean {
  return status !== undefined && status < 32;
}

function statusOf({ status, signal }: Run): string {
  return String(status ?? signal);
}
