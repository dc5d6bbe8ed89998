import { type Bits, EXIT, isOfFinishedRun, servicesOf } from './exit-status.js';

/** A reason for a status. Codes are stable. */
export interface StatusReason {
  readonly code:
    | 'reload'
    | 'reload-unnamed'
    | 'attention'
    | 'usage'
    | 'internal'
    | 'cannot-write'
    | 'locked'
    | 'configuration'
    | 'did-not-run'
    | 'not-of-a-run';
  readonly message: string;
}

/** The meaning of an exit status for a caller. */
export interface StatusReading {
  /** True if a run of ocspbot can end with this status. */
  readonly isOurs: boolean;
  /** The names of the services to reload. */
  readonly reload: readonly string[];
  readonly needsAttention: boolean;
  readonly reasons: readonly StatusReason[];
}

/**
 * The statuses of runs that were stopped by an error. All but a fault have changed nothing. What a run had installed before a
 * fault is pending: the next run asks for its reload.
 */
const STOPPED: ReadonlyMap<number, StatusReason> = new Map([
  [EXIT.usage, { code: 'usage', message: 'the command line is wrong; nothing was changed' }],
  [
    EXIT.internal,
    { code: 'internal', message: 'a fault in ocspbot itself; the next run asks for the reloads it owes' },
  ],
  [
    EXIT.cannotWrite,
    {
      code: 'cannot-write',
      message: 'the state folder or a log file cannot be written; nothing was changed',
    },
  ],
  [EXIT.locked, { code: 'locked', message: 'another run is at work; nothing was changed' }],
  [EXIT.configuration, { code: 'configuration', message: 'the configuration is wrong; nothing was changed' }],
]);

/** Reads an exit status, with the services of the configuration of the run. */
export function readStatus(status: number, services: Bits): StatusReading {
  if (!isOfFinishedRun(status)) return readStopped(status);
  const reload = servicesOf(status, services);
  const needsAttention = (status & EXIT.attention) !== 0;
  const reasons = [
    ...reloadReasons(reload),
    ...unnamedReasons(status, services),
    ...(needsAttention ? [ATTENTION] : []),
  ];
  return { isOurs: true, reload, needsAttention, reasons };
}

/** Reads the status of a stopped run. `locked` needs no attention: the run that holds the lock does the work. */
function readStopped(status: number): StatusReading {
  const reason = STOPPED.get(status);
  if (reason === undefined) return readForeign(status);
  return { isOurs: true, reload: [], needsAttention: reason.code !== 'locked', reasons: [reason] };
}

function readForeign(status: number): StatusReading {
  return { isOurs: false, reload: [], needsAttention: true, reasons: [foreignReason(status)] };
}

function reloadReasons(reload: readonly string[]): StatusReason[] {
  if (reload.length === 0) return [];
  return [{ code: 'reload', message: `to be reloaded: ${reload.join(', ')}` }];
}

/** Explains bits that no service has: that of certificates without a service, or those of another configuration. */
function unnamedReasons(status: number, services: Bits): StatusReason[] {
  const named = services.reduce((sum, { exitBit }) => sum | exitBit, 0);
  const unnamed = status & EXIT.allBits & ~named;
  if (unnamed === 0) return [];
  const message = `no service of the configuration has the exit bits ${unnamed}: reload what uses the certificates without a service`;
  return [{ code: 'reload-unnamed', message }];
}

const ATTENTION: StatusReason = {
  code: 'attention',
  message: 'something needs attention: the output of the run says what',
};

const OWED = 'the next run asks for the reloads that it owes';

/** Explains a status with which no run ends. A shell reports a signal as 128 plus its number, which is at most 64. */
function foreignReason(status: number): StatusReason {
  const notRun = (why: string): StatusReason => ({
    code: 'did-not-run',
    message: `ocspbot did not run: ${why}`,
  });
  if (status === 126) return notRun('status 126 says that the shell could not execute it');
  if (status === 127) return notRun('status 127 says that the shell did not find it');
  if (status < 64) return notRun(`status ${status} is of Node.js or a shell, since those of a run are even`);
  const signal = status - 128;
  const message =
    signal >= 1 && signal <= 64
      ? `signal ${signal} ended ocspbot (status ${status}); ${OWED}`
      : `status ${status} is none of ocspbot; ${OWED}`;
  return { code: 'not-of-a-run', message };
}
