import { runOcspbot, type Run } from '../../support/run.js';
import { makeSandbox, type Sandbox } from '../../support/sandbox.js';
import {
  changedBits,
  complaintsAfterNext,
  complaintsAtOnce,
  filesOf,
  reloadsOf,
  toldBits,
  whatLies,
  type Lies,
} from './aftermath.js';
import type { Call } from './calls.js';
import type { Scene } from './scene.js';
import { recordCalls, runWithFault } from './strace.js';

/** What came of one fault, and of the runs after it. */
export interface Trial {
  readonly call: Call;
  readonly what: string;
  readonly faulty: Run;
  /** Whether it struck that very call. */
  readonly isHit: boolean;
  readonly lies: readonly Lies[];
  readonly next: Run;
  /** What must not be; empty when all is well. */
  readonly complaints: readonly string[];
  /** Bits that a caller was told though he had been told before, or though nothing had changed. */
  readonly told: 'in time' | 'once too many' | 'never';
}

/** The calls of a run without a fault. */
export async function callsOf(scene: Scene): Promise<Call[]> {
  return withStage(scene, (stage) => recordCalls(scene.args, stage.folder));
}

/**
 * Where the call may be, counted from where it was: Node itself writes and reads more or less in each run, to wake its
 * threads and for the programs that it has started.
 */
const NEAR = [0, 0, 1, -1, 0, 2, -2, 1, -1, 3, -3, 0, 2, -2, 4, -4];
const OFFSETS = [...NEAR, 5, -5, 6, -6, 7, -7, 8, -8, ...NEAR, ...NEAR];

/**
 * A run in which one call fails or kills, and two more after it. A call that reads may be missed: it is one of very many.
 */
export async function tryFault(scene: Scene, call: Call, what: string): Promise<Trial> {
  for (const offset of OFFSETS) {
    const trial = await tryOnce(scene, { ...call, nth: Math.max(1, call.nth + offset) }, what);
    if (trial.isHit || call.effect === 'reads' || trial.complaints.length > 0) return trial;
  }
  throw new Error(`${call.name} ${call.nth} ${call.on} could not be hit`);
}

async function tryOnce(scene: Scene, call: Call, what: string): Promise<Trial> {
  return withStage(scene, async (stage) => {
    const before = filesOf(stage);
    const { run: faulty, hit } = await runWithFault(scene.args, stage.folder, {
      ...call,
      what,
    });
    const isHit = hit?.name === call.name && hit.on === call.on;
    const atOnce = complaintsAtOnce(scene, stage, before);
    const lies = scene.targets.map((target) => whatLies(target, stage));
    const next = await runOcspbot(scene.next.args, { cwd: stage.folder });
    const afterNext = [...complaintsAtOnce(scene, stage, before), ...complaintsAfterNext(scene, stage)];
    const owed = changedBits(scene, stage);
    const last = await runOcspbot(scene.next.args, { cwd: stage.folder });
    const told = tellingOf(owed, faulty, next, reloadsOf(scene, stage));
    const complaints = [
      ...atOnce,
      ...afterNext,
      ...(hit === undefined ? [] : endComplaints(faulty, what)),
      ...(isQuiet(next) ? [] : [`the next run ended with ${statusOf(next)}: ${next.stderr}`]),
      ...(last.status === 0 ? [] : [`the run after that ended with ${statusOf(last)}: ${last.stderr}`]),
    ];
    return { call, what, faulty, isHit, lies, next, complaints, told };
  });
}

async function withStage<T>(scene: Scene, work: (stage: Sandbox) => Promise<T>): Promise<T> {
  const stage = makeSandbox();
  try {
    scene.write(stage);
    return await work(stage);
  } finally {
    stage.dispose();
  }
}

/** By how often each service was told of, or reloaded. */
function tellingOf(
  owed: number,
  first: Run,
  second: Run,
  reloads: ReadonlyMap<number, number>,
): Trial['told'] {
  const timesOf = (bit: number): number =>
    [first, second].filter((run) => (toldBits(run) & bit) !== 0).length + (reloads.get(bit) ?? 0);
  const bits = [2, 4];
  if (bits.some((bit) => (owed & bit) !== 0 && timesOf(bit) === 0)) return 'never';
  return bits.some((bit) => timesOf(bit) > ((owed & bit) === 0 ? 0 : 1)) ? 'once too many' : 'in time';
}

/** Whatever fails, the program does not fall over it. */
function endComplaints(run: Run, what: string): string[] {
  if (what === 'signal=KILL') return run.signal === 'SIGKILL' ? [] : [`it was not killed: ${statusOf(run)}`];
  const isSound = run.status !== undefined && run.status !== 70 && !run.stderr.includes('    at ');
  return isSound ? [] : [`it ended with ${statusOf(run)}: ${run.stderr}`];
}

/** No person is needed when the fault is over. */
function isQuiet({ status }: Run): boolean {
  return status !== undefined && status < 32;
}

function statusOf({ status, signal }: Run): string {
  return String(status ?? signal);
}
