import { SECOND } from '../util/time.js';
import { LIMITS } from '../util/limits.js';
import {
  count,
  countUpTo,
  duration,
  percentage,
  size,
  truth,
  choice,
  folder,
  orNull,
  path,
  text,
} from './schema/scalars.js';
import { list, named, oneOrMore, record, type Key, type Keys, type RecordOf } from './schema/collections.js';
import { commands, exitBit, SERVICE_NAME, serviceName } from './schema/services.js';
import {
  hostPort,
  serverName,
  socketAddress,
  tlsServer,
  proxySetting,
  responderRule,
  responderUrl,
  pingUrls,
  secretUrl,
} from './schema/network.js';
import { naming } from './schema/receivers.js';
import type { Schema } from './schema/value.js';
import { logPath, mask, namespace } from './schema/patterns.js';

const durationOrZero = duration({ least: 0, greatest: Number.POSITIVE_INFINITY });
const positiveDuration = duration({ least: SECOND, greatest: Number.POSITIVE_INFINITY });
const timeLimit = duration({ least: SECOND, greatest: LIMITS.timeLimit });

function key<T>(schema: Schema<T>, example: string): Key<T> {
  return { schema, example };
}

/** @param what is missing, for the hint to add it */
function required<T>(schema: Schema<T>, what: string, example: string): Key<T> {
  return { schema, example, required: what };
}

/** `domains.NAME` */
export const DOMAIN_KEYS = {
  cert: required(path, 'the file of the certificate', 'certs/example.com.pem'),
  chain: key(orNull(path), 'certs/example.com-chain.pem'),
  rootchain: key(orNull(path), 'certs/example.com-rootchain.pem'),
  ocsp: required(path, 'the file that the server staples from', 'example.com.ocsp-resp'),
  ocsp_responder_uri: key(orNull(responderRule), 'http://ocsp.example.com'),
  format: key(choice('der', 'pem-chain'), 'pem-chain'),
  services: key(oneOrMore(serviceName), '[nginx]'),
};

/** `issuers.NAME` */
export const ISSUER_KEYS = {
  cert: required(path, 'the certificate of the issuer', 'certs/internal-ca.pem'),
  ocsp_responder_uri: required(
    responderUrl,
    'the responder for all certificates of this issuer',
    'http://ocsp.example.com',
  ),
};

const ownMask = mask('required');
const companionMask = mask('optional');

/** The keys of an item of `scan_keys`. */
export const SCAN_KEYS = {
  folder: key(folder, '/etc/ssl/certs'),
  recursive: key(truth, 'true'),
  cert_mask: key(ownMask, "'{domain}.pem'"),
  chain_mask: key(orNull(companionMask), "'{domain}-chain.pem'"),
  rootchain_mask: key(orNull(companionMask), "'{domain}-rootchain.pem'"),
  ocsp_mask: key(ownMask, "'{domain}.ocsp-resp'"),
  services: key(oneOrMore(serviceName), '[nginx]'),
};

/** The keys of an item of `services.NAME.live` that is more than HOST:PORT. */
export const LIVE_KEYS = {
  address: required(hostPort, 'the host and port', 'example.com:443'),
  servername: key(serverName, 'www.example.com'),
  starttls: key(choice('smtp'), 'smtp'),
};

/** `services.NAME` */
export const SERVICE_KEYS = {
  exit_bit: key(exitBit, '2'),
  reload: key(commands, '[systemctl, reload, nginx]'),
  test: key(commands, '[nginx, -t]'),
  runtime_socket: key(oneOrMore(socketAddress), '/run/haproxy/admin.sock'),
  live: key(oneOrMore(tlsServer(record(LIVE_KEYS, adviseMisplacedKey))), "['example.com:443']"),
};

/** `backups` */
export const BACKUP_KEYS = {
  keep: key(count, '10'),
  max_age: key(positiveDuration, '30d'),
  folder: key(path, '/var/backups/ocsp'),
};

/** `http` */
export const HTTP_KEYS = {
  timeout: key(timeLimit, '15s'),
  connect_timeout: key(timeLimit, '5s'),
  max_response_size: key(size(LIMITS.responseSize), '64k'),
  method: key(choice('auto', 'get', 'post'), 'auto'),
  hash: key(choice('auto', 'sha1', 'sha256'), 'auto'),
  nonce: key(truth, 'false'),
  proxy: key(proxySetting, 'http://proxy.example:3128'),
  no_proxy: key(oneOrMore(text('a host, a domain or a network')), '[.example]'),
  ca_file: key(orNull(path), '/etc/ssl/private-ca.pem'),
  attempts: key(countUpTo(LIMITS.attempts), '3'),
  per_host: key(count, '4'),
};

/** `kubernetes` */
export const KUBERNETES_KEYS = {
  namespaces: required(oneOrMore(namespace), 'the namespaces of the Secrets', '[gateways]'),
  labels: key(text('a label selector'), 'ocsp=staple'),
  service_account: key(path, '/var/run/secrets/kubernetes.io/serviceaccount'),
};

/** `notify` */
export const NOTIFY_KEYS = {
  command: key(commands, '[/usr/local/bin/tell-us]'),
  url: key(secretUrl, 'https://chat.example.com/hooks/ocspbot'),
  timeout: key(timeLimit, '10s'),
};

/** `ping`, if it is a mapping */
export const PING_KEYS = {
  start: key(secretUrl, 'https://ping.example.com/ocspbot/start'),
  success: key(secretUrl, 'https://ping.example.com/ocspbot'),
  attention: key(secretUrl, 'https://ping.example.com/ocspbot/fail'),
};

/** The keys that included files may have. */
const INCLUDED_KEYS = {
  domains: key(
    named(record(DOMAIN_KEYS, adviseMisplacedKey), 'the domain'),
    '{example.com: {cert: example.com.pem, ocsp: example.com.ocsp}}',
  ),
  scan_keys: key(list(record(SCAN_KEYS, adviseMisplacedKey)), '[{folder: certs}]'),
};

/** The keys that the main file may have. */
export const TOP_KEYS = {
  ...INCLUDED_KEYS,
  includes: key(list(path), '[conf.d]'),
  services: key(
    named(record(SERVICE_KEYS, adviseMisplacedKey, { test: ['reload'] }), 'the service', SERVICE_NAME.source),
    '{nginx: {exit_bit: 2}}',
  ),
  run_reloads: key(truth, 'true'),
  reload_timeout: key(timeLimit, '1m'),
  relative_to: key(choice('config', 'working_directory'), 'config'),
  ocsp_folder: key(folder, '/var/lib/ocsp'),
  state_folder: key(path, '/var/lib/ocspbot'),
  minimum_validity: key(orNull(durationOrZero), '3d'),
  minimum_validity_percentage: key(orNull(percentage), '50'),
  critical_validity: key(durationOrZero, '1d'),
  make_backups: key(truth, 'true'),
  backups: key(record(BACKUP_KEYS, adviseMisplacedKey), '{keep: 10}'),
  stop_on_error: key(truth, 'false'),
  run_timeout: key(timeLimit, '45m'),
  parallel_threads: key(count, '4'),
  output_log: key(logPath, "'logs/{year}{month}{day}.log'"),
  error_log: key(logPath, "'logs/{year}{month}{day}-errors.log'"),
  metrics_file: key(path, '/var/lib/prometheus/node-exporter/ocspbot.prom'),
  html_file: key(path, '/var/www/status/ocspbot.html'),
  publish_folder: key(path, '/var/lib/ocsp-published'),
  notify: key(
    naming(record(NOTIFY_KEYS, adviseMisplacedKey), ['command', 'url']),
    '{command: [/usr/local/bin/tell-us]}',
  ),
  ping: key(
    pingUrls(naming(record(PING_KEYS, adviseMisplacedKey), ['start', 'success', 'attention'])),
    'https://ping.example.com/ocspbot',
  ),
  openssl_executable: key(text('a path'), 'openssl'),
  http: key(record(HTTP_KEYS, adviseMisplacedKey), '{timeout: 15s}'),
  kubernetes: key(record(KUBERNETES_KEYS, adviseMisplacedKey), '{namespaces: [gateways]}'),
  clock_skew: key(durationOrZero, '5m'),
  max_age: key(positiveDuration, '14d'),
  assumed_validity: key(positiveDuration, '1d'),
  trusted_responders: key(list(path), '[responder.pem]'),
  issuers: key(
    named(record(ISSUER_KEYS, adviseMisplacedKey), 'the issuer'),
    '{internal: {cert: internal-ca.pem, ocsp_responder_uri: http://ocsp.example.com}}',
  ),
  allow_sha1_signatures: key(truth, 'false'),
};

export type DomainSection = RecordOf<typeof DOMAIN_KEYS>;
export type ScanSection = RecordOf<typeof SCAN_KEYS>;
export type ServiceSection = RecordOf<typeof SERVICE_KEYS>;
export type IncludedSection = RecordOf<typeof INCLUDED_KEYS>;
export type TopSection = RecordOf<typeof TOP_KEYS>;

/** All keys, grouped by the section they belong to. */
export const SECTIONS: readonly (readonly [section: string, keys: Keys])[] = [
  ['the main file', TOP_KEYS],
  ['"domains: NAME:"', DOMAIN_KEYS],
  ['an item of "scan_keys"', SCAN_KEYS],
  ['"services: NAME:"', SERVICE_KEYS],
  ['an item of "live"', LIVE_KEYS],
  ['"issuers: NAME:"', ISSUER_KEYS],
  ['"backups"', BACKUP_KEYS],
  ['"http"', HTTP_KEYS],
  ['"kubernetes"', KUBERNETES_KEYS],
  ['"notify"', NOTIFY_KEYS],
  ['"ping"', PING_KEYS],
];

export const MAIN_FILE = record(TOP_KEYS, adviseMisplacedKey);
export const INCLUDED_FILE = record(INCLUDED_KEYS, (name, inside) =>
  Object.hasOwn(TOP_KEYS, name)
    ? 'only "domains" and "scan_keys" belong in an included file: move it to the main file'
    : adviseMisplacedKey(name, inside),
);

/** Returns advice for a key that is known, but written in the wrong section, and for a name that is not indented. */
function adviseMisplacedKey(name: string, inside: readonly string[]): string | undefined {
  const sections = SECTIONS.filter(([, keys]) => Object.hasOwn(keys, name)).map(([section]) => section);
  if (sections.length > 0) return `it belongs in ${sections.join(' or ')}`;
  const named = NAMED.find(([, keys]) => inside.every((key) => Object.hasOwn(keys, key)));
  return inside.length === 0 || named === undefined ? undefined : `it belongs in ${named[0]}: indent it`;
}

/** The sections whose keys are names, and the keys of what is named. */
const NAMED: readonly (readonly [section: string, keys: Keys])[] = [
  ['"domains"', DOMAIN_KEYS],
  ['"services"', SERVICE_KEYS],
  ['"issuers"', ISSUER_KEYS],
];
