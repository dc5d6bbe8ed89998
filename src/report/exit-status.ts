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

/** The bits of the services of a configuration. */
export type Bits = readonly Pick<Service, 'name' | 'exitBit'>[];

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
