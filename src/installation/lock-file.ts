import type { ProcessIdentity } from '../system/interfaces/processes.js';
import type { Instant } from '../time/instant.js';

/** Who held the lock of one generation, and whether he has let it go. */
export interface Claim {
  readonly state: 'held' | 'released';
  readonly holder: ProcessIdentity;
  readonly since: Instant;
  /** Tells two claims of one process apart. */
  readonly token: string;
}

export function encodeClaim(claim: Claim): string {
  return `${JSON.stringify({ schema: 1, ...claim })}\n`;
}

/**
 * undefined for what is damaged. link(2) shows only files that are complete, so a damaged one belongs to no
 * living holder: a power cut, a disk or a stranger's hand did that.
 */
export function decodeClaim(bytes: Uint8Array): Claim | undefined {
  const { state, holder, since, token } = fieldsOf(Buffer.from(bytes).toString('utf8'));
  if (state !== 'held' && state !== 'released') return undefined;
  if (typeof since !== 'number' || typeof token !== 'string') return undefined;
  const { pid, started, host } = isRecord(holder) ? holder : {};
  if (typeof pid !== 'number' || typeof started !== 'string' || typeof host !== 'string') return undefined;
  return { state, holder: { pid, started, host }, since, token };
}

interface Fields {
  readonly [name: string]: unknown;
  readonly state?: unknown;
  readonly holder?: unknown;
  readonly since?: unknown;
  readonly token?: unknown;
  readonly pid?: unknown;
  readonly started?: unknown;
  readonly host?: unknown;
}

function fieldsOf(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
