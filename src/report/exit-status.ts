import { type Service, UNASSIGNED_BIT } from '../configuration/model.js';
import type { ErrorCode } from '../util/errors.js';

/**
 * The exit statuses of a run. A status below 32 is the sum of the bits of the services to reload. 32 is added if something
 * needs attention. The others are those of sysexits.h, and mean that the run was stopped: there is nothing to reload now. No
 * service has bit 1, because Node.js itself ends with 1 if it cannot run the program.
 */
export const EXIT = {
  allBits: 30,
  attention: 32,
  usage: 64,
  internal: 70,
  cannotWrite: 73,
  locked: 75,
  /** `fetch`: try again later (EX_TEMPFAIL of sysexits.h). */
  tryLater: 75,
  configuration: 78,
} as const;

/**
 * The statuses of `check`, which are those of monitoring plugins. Only a caller that asks for them gets 1 and 3. A Node.js
 * that cannot run the program ends with 1, too: then monitoring shows a warning without the plugin's line.
 */
export const PLUGIN = { ok: 0, warning: 1, critical: 2, unknown: 3 } as const;

type Bits = readonly Pick<Service, 'name' | 'exitBit'>[];

/** Returns the status of a finished run. `reload` are the names of the services to reload. */
export function statusOf(reload: readonly string[], services: Bits, needsAttention: boolean): number {
  const bits = reload.reduce((sum, name) => sum | bitOf(name, services), 0);
  return bits | (needsAttention ? EXIT.attention : 0);
}

/** Returns the bit of a service. Certificates without a service, and services that were removed, share a bit. */
function bitOf(name: string, services: Bits): number {
  return services.find((service) => service.name === name)?.exitBit ?? UNASSIGNED_BIT;
}

/** Reports whether a status is that of a finished run: no error stopped it, and ocspbot itself ended with it. */
export function isOfFinishedRun(status: number): boolean {
  return (status & ~(EXIT.allBits | EXIT.attention)) === 0;
}

/** Names the services that a status asks to reload; none if it is not the status of a finished run. */
export function servicesOf(status: number, services: Bits): string[] {
  if (!isOfFinishedRun(status)) return [];
  return services.flatMap(({ name, exitBit }) => ((status & exitBit) !== 0 ? [name] : []));
}

/** Returns the status of a run that an error stopped before it changed anything. */
export function statusOfError(code: ErrorCode): number {
  switch (code) {
    case 'usage':
      return EXIT.usage;
    case 'configuration-invalid':
    case 'configuration-unreadable':
    // These codes end only commands about one certificate. In a run they concern that certificate alone.
    case 'file-missing':
    case 'file-unreadable':
    case 'file-empty':
    case 'file-too-large':
    case 'not-a-certificate':
    case 'private-key-given':
    case 'certificate-malformed':
      return EXIT.configuration;
    case 'locked':
      return EXIT.locked;
    case 'no-space':
    case 'not-permitted':
    case 'read-only':
    case 'write-failed':
    case 'target-unsuitable':
      return EXIT.cannotWrite;
    default:
      return EXIT.internal;
  }
}

/** Failures of a fetch that last until somebody acts. The answers of responders, and clocks, may change. */
const FOR_A_PERSON: ReadonlySet<ErrorCode> = new Set([
  'certificate-revoked',
  'certificate-expired',
  'issuer-not-found',
  'issuer-not-trusted',
  'issuer-version',
  'issuer-not-ca',
  'issuer-key-usage',
  'issuer-extensions',
  'issuer-expired',
  'path-expired',
  'no-responder',
  'url-unsupported',
]);

/** Returns the status of a fetch that brought no good response. */
export function statusOfFetch(code: ErrorCode): number {
  const status = statusOfError(code);
  if (code === 'internal' || status !== EXIT.internal) return status;
  return FOR_A_PERSON.has(code) ? EXIT.attention : EXIT.tryLater;
}

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

type BitReasons = readonly Pick<Service, 'name' | 'exitBit'>[];

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

export function readStatus(status: number, services: BitReasons): StatusReading {
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
function unnamedReasons(status: number, services: BitReasons): StatusReason[] {
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

/** Explains a status that is none of a run. A shell reports a signal as 128 plus its number, which is at most 64. */
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
