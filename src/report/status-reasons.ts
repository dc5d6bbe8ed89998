import type { Service } from '../configuration/model.js';
import { EXIT, servicesOf } from './exit-status.js';

/** Why a status is what it is. Codes are stable. */
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
    | 'not-of-a-run';
  readonly message: string;
}

/** What a caller makes of an exit status. */
export interface StatusReading {
  /** Names of services. */
  readonly reload: readonly string[];
  readonly needsPerson: boolean;
  readonly reasons: readonly StatusReason[];
}

type Bits = readonly Pick<Service, 'name' | 'exitBit'>[];

/** What each status above 63 means: nothing was changed, and nothing is to be reloaded. */
const STOPPED: ReadonlyMap<number, StatusReason> = new Map([
  [EXIT.usage, { code: 'usage', message: 'the command line is wrong; nothing was changed' }],
  [EXIT.internal, { code: 'internal', message: 'a fault in ocspbot itself' }],
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

export function readStatus(status: number, services: Bits): StatusReading {
  if (status > (EXIT.allBits | EXIT.needsPerson)) return readStopped(status);
  const reload = servicesOf(status, services);
  const needsPerson = (status & EXIT.needsPerson) !== 0;
  const reasons = [
    ...reloadReasons(reload),
    ...unnamedReasons(status, services),
    ...(needsPerson ? [ATTENTION] : []),
  ];
  return { reload, needsPerson, reasons };
}

/** One that goes away by itself needs nobody: the run that holds the lock does the work. */
function readStopped(status: number): StatusReading {
  const reason = STOPPED.get(status) ?? notOfARun(status);
  return { reload: [], needsPerson: reason.code !== 'locked', reasons: [reason] };
}

function reloadReasons(reload: readonly string[]): StatusReason[] {
  if (reload.length === 0) return [];
  return [{ code: 'reload', message: `to be reloaded: ${reload.join(', ')}` }];
}

/** Bit 1 is also that of certificates of no service; other bits can only be those of another configuration. */
function unnamedReasons(status: number, services: Bits): StatusReason[] {
  const named = services.reduce((sum, { exitBit }) => sum | exitBit, 0);
  const unnamed = status & EXIT.allBits & ~named;
  if (unnamed === 0) return [];
  const message = `no service of the configuration has the exit bits ${unnamed}: reload what uses the certificates without a service`;
  return [{ code: 'reload-unnamed', message }];
}

const ATTENTION: StatusReason = {
  code: 'attention',
  message: 'something needs a person: the output of the run says what',
};

function notOfARun(status: number): StatusReason {
  const how = status > 128 ? ` (signal ${status - 128} has ended it)` : '';
  const message = `${status} is no status of a run that came to its end${how}; the next run asks for the reloads that it owes`;
  return { code: 'not-of-a-run', message };
}
