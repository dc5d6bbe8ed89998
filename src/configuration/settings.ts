import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { DEFAULTS } from '../util/limits.js';
import type { SocketAddress, System } from '../system/system.js';
import { quote } from '../util/text.js';
import type { ServiceSection, TopSection } from './keys.js';
import {
  type BackupPolicy,
  type Configuration,
  EXIT_BITS,
  type ExitBit,
  type HttpSettings,
  type IssuerRule,
  type KubernetesSettings,
  type NotifySettings,
  type ResponsePolicy,
  type Service,
  type Thresholds,
} from './model.js';
import type { Problems } from './problems.js';
import type { Named } from './schema/collections.js';
import { isRefused } from './schema/value.js';
import { isServiceName, NAME_HINT } from './schema/services.js';

/** The part of a configuration that concerns no single certificate. */
export type Settings = Omit<
  Configuration,
  'file' | 'path' | 'entries' | 'services' | 'ownState' | 'defects' | 'warnings' | 'notes' | 'pythonKeys'
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
    kubernetes: kubernetesOf(top, paths),
    stateFolder: stateFolderOf(top, paths, environment),
    runTimeout: top.run_timeout?.value ?? DEFAULTS.runTimeout,
    parallel: top.parallel_threads?.value ?? (top.stop_on_error?.value === true ? 1 : DEFAULTS.parallel),
    stopOnError: top.stop_on_error?.value ?? false,
    outputLog: absolute(top.output_log?.value),
    errorLog: absolute(top.error_log?.value),
    metricsFile: absolute(top.metrics_file?.value),
    htmlFile: absolute(top.html_file?.value),
    publishFolder: absolute(top.publish_folder?.value),
    notify: notifyOf(top),
    ping: top.ping?.value,
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

/** Returns the complete issuer rules. A rule that lacks a required key has been reported, and is left out. */
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

/** Turns backups on or off by `make_backups`; without that key, by the presence of `backups`. */
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

function kubernetesOf({ kubernetes }: TopSection, { base }: Paths): KubernetesSettings | undefined {
  if (kubernetes === undefined) return undefined;
  const { namespaces, labels, service_account: account } = kubernetes.value;
  return {
    namespaces: [...new Set(namespaces?.value.map(({ value }) => value))],
    labels: labels?.value,
    serviceAccount: account === undefined ? DEFAULTS.serviceAccount : resolve(base, account.value),
  };
}

function notifyOf({ notify }: TopSection): NotifySettings | undefined {
  if (notify === undefined) return undefined;
  const { command, url, timeout } = notify.value;
  return {
    commands: command?.value ?? [],
    url: url?.value,
    timeout: timeout?.value ?? DEFAULTS.notifyTimeout,
  };
}

/** The folders that the paths of a configuration are relative to. */
export interface Paths {
  /** The base folder of all files except responses. */
  readonly base: string;
  /** A description of `base` for messages. */
  readonly origin: string;
  /** The base folder of responses. */
  readonly ocspFolder: string;
  /** Shortens a path for messages: relative to the working directory if it lies below it. */
  shorten(path: string): string;
}

export function pathsOf(file: string, top: TopSection, workingFolder: string): Paths {
  const isByFile = top.relative_to?.value === 'config';
  const base = isByFile ? dirname(resolve(workingFolder, file)) : resolve(workingFolder);
  const origin = isByFile ? 'the folder of the configuration' : 'the working directory';
  const shorten = (path: string): string => {
    const short = relative(workingFolder, path);
    return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
  };
  return { base, origin, ocspFolder: resolve(base, top.ocsp_folder?.value ?? ''), shorten };
}

/** Returns the state folder. systemd lists its state folders in `$STATE_DIRECTORY`, separated by colons. */
function stateFolderOf(top: TopSection, paths: Paths, environment: System['environment']): string {
  if (top.state_folder !== undefined) return resolve(paths.base, top.state_folder.value);
  const [first = ''] = (environment['STATE_DIRECTORY'] ?? '').split(':');
  return isAbsolute(first) ? resolve(first) : join(paths.ocspFolder, '.ocspbot');
}

/** Returns the services in their order. A service without `exit_bit` gets the lowest bit that no other service has. */
export function readServices(
  sections: readonly Named<ServiceSection>[],
  { base }: Pick<Paths, 'base'>,
  problems: Problems,
): Service[] {
  const written = new Set(sections.map(({ value }) => value.exit_bit?.value));
  const free = EXIT_BITS.filter((bit) => !written.has(bit));
  return sections.flatMap((section) => {
    const { name, key, value } = section;
    if (!isServiceName(name)) problems.add(key, `${quote(name)} cannot be the name of a service`, NAME_HINT);
    if (isRefused(value, 'exit_bit')) return [];
    const exitBit: ExitBit | undefined = value.exit_bit?.value ?? free.shift();
    if (exitBit !== undefined) return [{ name, exitBit, ...reloadMeansOf(value, base) }];
    problems.add(key, `no exit bit is left for the service ${quote(name)}`, SHARE_HINT);
    return [];
  });
}

const SHARE_HINT = 'there are four: let services share them by writing "exit_bit: 16" at several';

function reloadMeansOf(value: ServiceSection, base: string): Omit<Service, 'name' | 'exitBit'> {
  return {
    reload: value.reload?.value ?? [],
    test: value.test?.value ?? [],
    runtimeSockets: (value.runtime_socket?.value ?? []).map((one) => inFolder(one.value, base)),
    live: (value.live?.value ?? []).map((one) => one.value),
  };
}

function inFolder(address: SocketAddress, base: string): SocketAddress {
  return address.kind === 'unix' ? { ...address, path: resolve(base, address.path) } : address;
}
