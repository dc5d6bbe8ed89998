import type { Run } from '../../support/run.js';

/** The JSON report of a run, with the fields that tests check. */
export interface Report {
  readonly schema: number;
  readonly status: number;
  readonly time: string;
  readonly needs_person: boolean;
  readonly reloads: readonly ReloadReport[];
  readonly reload: readonly string[];
  readonly owed_before: readonly string[];
  readonly certificates: readonly CertificateReport[];
  readonly not_reached: readonly string[];
  readonly stopped?: string;
  readonly warnings: readonly string[];
}

export interface ReloadReport {
  readonly service: string;
  readonly outcome: string;
  readonly step?: string;
  readonly reason?: string;
  readonly command?: readonly string[];
  readonly message?: string;
  readonly hint?: string;
  readonly output?: readonly string[];
}

export interface CertificateReport {
  readonly name: string;
  readonly outcome: string;
  readonly reason: string;
  readonly urgency: string;
  readonly message: string;
  readonly hint?: string;
  readonly file: string;
  readonly services: readonly string[];
  readonly responder?: string;
  readonly attempts: readonly string[];
  readonly retry_at?: string;
  readonly staple?: {
    readonly this_update: string;
    readonly next_update: string;
    readonly useful_until: string;
    readonly refresh_at: string;
  };
  readonly warnings: readonly string[];
  readonly exchanges?: readonly ExchangeReport[];
}

export interface ExchangeReport {
  readonly method: string;
  readonly url: string;
  readonly status?: number;
  readonly address?: string;
  readonly addresses: readonly string[];
  readonly proxy?: string;
  readonly dns_ms?: number;
  readonly connect_ms?: number;
  readonly tls_ms?: number;
  readonly first_byte_ms?: number;
  readonly total_ms: number;
  readonly curl: string;
}

export function reportOf({ stdout, stderr }: Run): Report {
  try {
    return JSON.parse(stdout) as Report;
  } catch (cause) {
    throw new Error(`no JSON on standard output: ${stdout}\n${stderr}`, { cause });
  }
}

/** Returns the only certificate of a report. */
export function onlyOne({ certificates }: Report): CertificateReport {
  const [first, ...others] = certificates;
  if (first === undefined || others.length > 0) throw new Error(`${certificates.length} certificates`);
  return first;
}

/** Returns the outcome and reason of each certificate by name, like `updated due`. */
export function outcomesOf({ certificates }: Report): Record<string, string> {
  return Object.fromEntries(certificates.map(({ name, outcome, reason }) => [name, `${outcome} ${reason}`]));
}
