import { UNASSIGNED_BIT, type Service } from '../configuration/model.js';
import type { ErrorCode } from '../error-codes.js';

/**
 * Every exit status of a run. Below 32: the sum of the bits of the services to reload. 32 is added when something needs
 * attention. The rest is from sysexits: nothing was changed. No bit is 1: Node.js itself ends with 1 when it cannot run
 * the program.
 */
export const EXIT = {
  allBits: 30,
  attention: 32,
  usage: 64,
  internal: 70,
  cannotWrite: 73,
  locked: 75,
  configuration: 78,
} as const;

type Bits = readonly Pick<Service, 'name' | 'exitBit'>[];

/** Gives the status of a run that came to its end. `reload` are names of services. */
export function statusOf(reload: readonly string[], services: Bits, needsPerson: boolean): number {
  const bits = reload.reduce((sum, name) => sum | bitOf(name, services), 0);
  return bits | (needsPerson ? EXIT.attention : 0);
}

/** Certificates that name no service have a bit, and a service that has left the configuration has the same. */
function bitOf(name: string, services: Bits): number {
  return services.find((service) => service.name === name)?.exitBit ?? UNASSIGNED_BIT;
}

/** Tells a run that came to its end from one that changed nothing, and from what never was one. */
export function isOfFinishedRun(status: number): boolean {
  return (status & ~(EXIT.allBits | EXIT.attention)) === 0;
}

/** Names the services that a status asks to reload; none for a status that is not of a finished run. */
export function servicesOf(status: number, services: Bits): string[] {
  if (!isOfFinishedRun(status)) return [];
  return services.flatMap(({ name, exitBit }) => ((status & exitBit) !== 0 ? [name] : []));
}

/** Of a run that was stopped by an error before it changed anything. */
export function statusOfError(code: ErrorCode): number {
  switch (code) {
    case 'usage':
      return EXIT.usage;
    case 'configuration-invalid':
    case 'configuration-unreadable':
    // Of a command about one certificate: in a run it concerns that one only.
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
