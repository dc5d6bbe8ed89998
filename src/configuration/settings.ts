import { resolve } from 'node:path';
import { DEFAULTS } from '../defaults.js';
import type { TopSection } from './keys.js';
import { isRefused } from './kinds/refused.js';
import type {
  BackupPolicy,
  Configuration,
  HttpSettings,
  IssuerRule,
  ResponsePolicy,
  Thresholds,
} from './model.js';
import { stateFolderOf } from './paths.js';
import type { Paths } from './paths.js';
import type { System } from '../system/system.js';

/** All of a configuration that concerns no single certificate. */
export type Settings = Omit<
  Configuration,
  'file' | 'entries' | 'services' | 'ownState' | 'defects' | 'warnings' | 'notes'
>;

export function settingsOf(top: TopSection, paths: Paths, environment: System['environment']): Settings {
  const absolute = (path: string | undefined): string | undefined => path && resolve(paths.base, path);
  return {
    runReloads: top.run_reloads?.value ?? false,
    reloadTimeout: top.reload_timeout?.value ?? DEFAULTS.reloadTimeout,
    thresholds: thresholdsOf(top),
    policy: policyOf(top),
    trustedResponders: (top.trusted_responders?.value ?? []).map(({ value }) => resolve(paths.base, value)),
    issuers: issuersOf(top, paths),
    http: httpOf(top, paths),
    backups: backupsOf(top, paths),
    stateFolder: stateFolderOf(top, paths, environment),
    runTimeout: top.run_timeout?.value ?? DEFAULTS.runTimeout,
    parallel: top.parallel_threads?.value ?? (top.stop_on_error?.value === true ? 1 : DEFAULTS.parallel),
    stopOnError: top.stop_on_error?.value ?? false,
    outputLog: absolute(top.output_log?.value),
    errorLog: absolute(top.error_log?.value),
  };
}

function thresholdsOf(top: TopSection): Thresholds {
  return {
    minimumValidity: top.minimum_validity?.value ?? undefined,
    minimumShare: top.minimum_validity_percentage?.value ?? undefined,
    criticalValidity: top.critical_validity?.value,
  };
}

function policyOf(top: TopSection): ResponsePolicy {
  return {
    clockSkew: top.clock_skew?.value ?? DEFAULTS.clockSkew,
    maxAge: top.max_age?.value ?? DEFAULTS.maxAge,
    assumedValidity: top.assumed_validity?.value,
    allowSha1Signatures: top.allow_sha1_signatures?.value ?? false,
  };
}

/** What lacks a required key has been reported, and is left out. */
function issuersOf({ issuers }: TopSection, { base }: Paths): IssuerRule[] {
  return (issuers?.value ?? []).flatMap(({ name, value: { cert, ocsp_responder_uri: responder } }) =>
    cert === undefined || responder === undefined
      ? []
      : [{ name, cert: resolve(base, cert.value), responder: responder.value }],
  );
}

function httpOf({ http }: TopSection, { base }: Paths): HttpSettings {
  const written = http?.value ?? {};
  return {
    timeout: written.timeout?.value ?? DEFAULTS.http.timeout,
    connectTimeout: written.connect_timeout?.value ?? DEFAULTS.http.connectTimeout,
    maxResponseSize: written.max_response_size?.value ?? DEFAULTS.http.maxResponseSize,
    method: written.method?.value ?? DEFAULTS.http.method,
    hash: written.hash?.value ?? DEFAULTS.http.hash,
    nonce: written.nonce?.value ?? DEFAULTS.http.nonce,
    proxy: written.proxy?.value ?? DEFAULTS.http.proxy,
    noProxy: written.no_proxy?.value.map(({ value }) => value),
    caFile: written.ca_file?.value ? resolve(base, written.ca_file.value) : undefined,
    attempts: written.attempts?.value ?? DEFAULTS.http.attempts,
    perHost: written.per_host?.value ?? DEFAULTS.http.perHost,
  };
}

/** `make_backups` decides; where it is not written, the presence of `backups` does. */
function backupsOf(top: TopSection, { base }: Paths): BackupPolicy {
  const { make_backups: wanted, backups } = top;
  if (!(wanted?.value ?? backups !== undefined) || isRefused(top, 'make_backups')) return { kind: 'off' };
  const { keep, max_age: maxAge, folder } = backups?.value ?? {};
  return {
    kind: 'on',
    keep: keep?.value ?? DEFAULTS.backupsKept,
    maxAge: maxAge?.value,
    folder: folder && resolve(base, folder.value),
  };
}
