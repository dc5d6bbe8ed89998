import { UNASSIGNED, type Configuration } from '../configuration/model.js';
import { describe, OcspbotError, toOcspbotError } from '../errors.js';
import type { Owed } from '../installation/debt-files.js';
import { openDebt } from '../installation/debt.js';
import { acquireLock, type Predecessor } from '../installation/lock.js';
import { untilStruckOut } from '../installation/strike-out.js';
import type { Tools } from '../installation/tools.js';
import type { System } from '../system/system.js';
import { formatInstant } from '../time/instant.js';

/** Who is owed a reload, kept in the state folder while this run holds its lock. */
export interface Ledger {
  /** What earlier runs left unpaid. */
  readonly before: Owed;
  readonly predecessor: Predecessor;
  record(services: readonly string[]): Promise<void>;
  /** Never throws: what cannot be struck out is asked for once more by the next run. */
  pay(services: readonly string[]): Promise<void>;
}

/** Takes note of what went wrong beside the work itself. */
export type Warn = (text: string, hint?: string) => void;

/** A run that writes nothing owes nothing, and needs no lock. */
const DRY: Ledger = {
  before: { services: [], warning: undefined },
  predecessor: 'none',
  record: () => Promise.reject(new OcspbotError('internal', 'a dry run was about to install')),
  pay: () => Promise.resolve(),
};

/**
 * Works while holding the lock of the state folder. What `work` has told the caller counts as paid: it is struck out
 * as the very last thing, so that a kill before it costs no reload.
 *
 * @param work returns the services whose reload the caller was told of
 * @throws OcspbotError `locked`, or of a folder that cannot be written to
 */
export async function withLedger(
  { stateFolder, services }: Configuration,
  dryRun: boolean,
  tools: Tools & Pick<System, 'sleep'>,
  warn: Warn,
  work: (ledger: Ledger) => Promise<readonly string[]>,
): Promise<void> {
  if (dryRun) return void (await work(DRY));
  const lock = await acquireLock(stateFolder, tools);
  if (lock.kind === 'busy') throw locked(lock.holder.pid, lock.since, stateFolder);
  if (lock.predecessor === 'released') await untilStruckOut(stateFolder, tools);
  const debt = openDebt(stateFolder, [UNASSIGNED, ...services.map(({ name }) => name)], tools);
  // The caller has been told: what fails now must not change the status, and at worst he is told once more.
  const note = (error: unknown) => warn(describe(error), toOcspbotError(error).hint);
  const pay = (paid: readonly string[]) => debt.pay(paid).catch(note);
  let told: readonly string[] = [];
  try {
    told = await work({ before: debt.read(), predecessor: lock.predecessor, record: debt.record, pay });
  } finally {
    const strikeOut = await debt.setApart(told).catch((error: unknown) => () => note(error));
    for (const problem of await lock.release()) warn(problem);
    attemptLast(strikeOut, note);
  }
}

function attemptLast(action: () => void, note: (error: unknown) => void): void {
  try {
    action();
  } catch (error) {
    note(error);
  }
}

function locked(pid: number, since: number, stateFolder: string): OcspbotError {
  const message = `process ${pid} has held the lock in ${stateFolder} since ${formatInstant(since)}`;
  return new OcspbotError('locked', message, {
    hint: 'another run is at work: let it end, or stop it; nothing was changed',
  });
}
