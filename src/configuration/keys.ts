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

const anyLength = duration({ least: 0, greatest: Number.POSITIVE_INFINITY });
const someLength = duration({ least: SECOND, greatest: Number.POSITIVE_INFINITY });
const timeLimit = duration({ least: SECOND, greatest: LIMITS.timeLimit });

function key<T>(schema: Schema<T>, about: string, example: string): Key<T> {
  return { schema, about, example };
}

function required<T>(schema: Schema<T>, about: string, example: string): Key<T> {
  return { schema, about, example, required: true };
}

/** `domains.NAME` */
export const DOMAIN_KEYS = {
  cert: required(path, 'the file of the certificate', 'certs/example.com.pem'),
  chain: key(orNull(path), 'the issuers, when they are not in "cert"', 'certs/example.com-chain.pem'),
  rootchain: key(orNull(path), 'the issuers up to the root', 'certs/example.com-rootchain.pem'),
  ocsp: required(path, 'the file that the server staples from', 'example.com.ocsp-resp'),
  ocsp_responder_uri: key(
    orNull(responderRule),
    'the responder, instead of the one in "cert"',
    'http://ocsp.example.com',
  ),
  format: key(choice('der', 'pem-chain'), 'how the file is written', 'pem-chain'),
  services: key(oneOrMore(serviceName), 'the services that use it', '[nginx]'),
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
  folder: key(folder, 'where to look for certificates', '/etc/ssl/certs'),
  recursive: key(truth, 'whether to look in subfolders', 'true'),
  cert_mask: key(ownMask, 'the names of certificates', "'{domain}.pem'"),
  chain_mask: key(orNull(companionMask), 'the names of their issuers, or null', "'{domain}-chain.pem'"),
  rootchain_mask: key(
    orNull(companionMask),
    'the names of their issuers up to the root',
    "'{domain}-rootchain.pem'",
  ),
  ocsp_mask: key(ownMask, 'the names that servers staple from', "'{domain}.ocsp-resp'"),
  services: key(oneOrMore(serviceName), 'the services that use them', '[nginx]'),
};

/** The keys of an item of `services.NAME.live` that is more than HOST:PORT. */
export const LIVE_KEYS = {
  address: required(hostPort, 'the host and port', 'example.com:443'),
  servername: key(serverName, 'the name that is asked for', 'www.example.com'),
  starttls: key(choice('smtp'), 'the protocol in which TLS begins', 'smtp'),
};

/** `services.NAME` */
export const SERVICE_KEYS = {
  exit_bit: key(exitBit, 'what the exit status shows for it', '2'),
  reload: key(commands, 'what reloads it', '[systemctl, reload, nginx]'),
  test: key(commands, 'what must succeed before a reload', '[nginx, -t]'),
  runtime_socket: key(
    oneOrMore(socketAddress),
    'where HAProxy is given new responses without a reload',
    '/run/haproxy/admin.sock',
  ),
  live: key(
    oneOrMore(tlsServer(record(LIVE_KEYS, adviseMisplacedKey))),
    'where to see what it serves after a reload',
    "['example.com:443']",
  ),
};

/** `backups` */
export const BACKUP_KEYS = {
  keep: key(count, 'how many backups of one response stay', '10'),
  max_age: key(someLength, 'the age after which they go', '30d'),
  folder: key(path, 'where they go', '/var/backups/ocsp'),
};

/** `http` */
export const HTTP_KEYS = {
  timeout: key(timeLimit, 'the time for one exchange', '15s'),
  connect_timeout: key(timeLimit, 'the time for a connection', '5s'),
  max_response_size: key(size(LIMITS.responseSize), 'the greatest response', '64k'),
  method: key(choice('auto', 'get', 'post'), 'how to ask', 'auto'),
  hash: key(choice('auto', 'sha1', 'sha256'), 'the hash that names the certificate', 'auto'),
  nonce: key(truth, 'whether a request has a nonce', 'false'),
  proxy: key(proxySetting, 'the proxy that requests go through', 'http://proxy.example:3128'),
  no_proxy: key(oneOrMore(text('a host, a domain or a network')), 'what is reached without it', '[.example]'),
  ca_file: key(
    orNull(path),
    'the certificates that https responders must chain to',
    '/etc/ssl/private-ca.pem',
  ),
  attempts: key(countUpTo(LIMITS.attempts), 'how often a responder is asked in a run', '3'),
  per_host: key(count, 'requests to one host at once', '4'),
};

/** `kubernetes` */
export const KUBERNETES_KEYS = {
  namespaces: required(oneOrMore(namespace), 'the namespaces of the Secrets', '[gateways]'),
  labels: key(text('a label selector'), 'which TLS Secrets of these', 'ocsp=staple'),
  service_account: key(
    path,
    'the folder of the service account',
    '/var/run/secrets/kubernetes.io/serviceaccount',
  ),
};

/** `notify` */
export const NOTIFY_KEYS = {
  command: key(commands, 'what is told, on its standard input', '[/usr/local/bin/tell-us]'),
  url: key(secretUrl, 'the webhook that is told', 'https://chat.example.com/hooks/ocspbot'),
  timeout: key(timeLimit, 'the time for one of them', '10s'),
};

/** `ping`, if it is a mapping */
export const PING_KEYS = {
  start: key(secretUrl, 'what is called when a run begins', 'https://ping.example.com/ocspbot/start'),
  success: key(secretUrl, 'what is called when all is well', 'https://ping.example.com/ocspbot'),
  attention: key(secretUrl, 'what is called when it is not', 'https://ping.example.com/ocspbot/fail'),
};

/** The keys that included files may have. */
export const INCLUDED_KEYS = {
  domains: key(
    named(record(DOMAIN_KEYS, adviseMisplacedKey), 'the domain'),
    'the certificates',
    '{example.com: {cert: example.com.pem, ocsp: example.com.ocsp}}',
  ),
  scan_keys: key(
    list(record(SCAN_KEYS, adviseMisplacedKey)),
    'where to find certificates',
    '[{folder: certs}]',
  ),
};

/** The keys that the main file may have. */
export const TOP_KEYS = {
  ...INCLUDED_KEYS,
  includes: key(list(path), 'folders with further files', '[conf.d]'),
  services: key(
    named(record(SERVICE_KEYS, adviseMisplacedKey, { test: ['reload'] }), 'the service', SERVICE_NAME.source),
    'what to reload',
    '{nginx: {exit_bit: 2}}',
  ),
  run_reloads: key(truth, 'whether the reload commands of services are run', 'true'),
  reload_timeout: key(timeLimit, 'the time for one of them', '1m'),
  relative_to: key(choice('config', 'working_directory'), 'where relative paths begin', 'config'),
  ocsp_folder: key(folder, 'where responses go', '/var/lib/ocsp'),
  state_folder: key(path, 'where the program remembers things', '/var/lib/ocspbot'),
  minimum_validity: key(orNull(anyLength), 'refresh when less than this is left', '3d'),
  minimum_validity_percentage: key(
    orNull(percentage),
    'refresh when a smaller share than this is left',
    '50',
  ),
  critical_validity: key(anyLength, 'a person is needed when less than this is left', '1d'),
  make_backups: key(truth, 'whether old responses are kept', 'true'),
  backups: key(record(BACKUP_KEYS, adviseMisplacedKey), 'how old responses are kept', '{keep: 10}'),
  stop_on_error: key(truth, 'whether to stop at the first failure', 'false'),
  run_timeout: key(timeLimit, 'the time for a whole run', '45m'),
  parallel_threads: key(count, 'certificates in work at once', '4'),
  output_log: key(logPath, 'a file instead of the standard output', "'logs/{year}{month}{day}.log'"),
  error_log: key(logPath, 'a file instead of the standard error', "'logs/{year}{month}{day}-errors.log'"),
  metrics_file: key(
    path,
    'where Prometheus reads what each run came to',
    '/var/lib/prometheus/node-exporter/ocspbot.prom',
  ),
  html_file: key(path, 'the page that shows what each run came to', '/var/www/status/ocspbot.html'),
  publish_folder: key(path, 'where a web server serves the responses to GET from', '/var/lib/ocsp-published'),
  notify: key(
    naming(record(NOTIFY_KEYS, adviseMisplacedKey), ['command', 'url']),
    'who is told when something changes',
    '{command: [/usr/local/bin/tell-us]}',
  ),
  ping: key(
    pingUrls(naming(record(PING_KEYS, adviseMisplacedKey), ['start', 'success', 'attention'])),
    "the dead man's switch that each run calls",
    'https://ping.example.com/ocspbot',
  ),
  openssl_executable: key(text('a path'), 'not needed any more', 'openssl'),
  http: key(record(HTTP_KEYS, adviseMisplacedKey), 'how to ask responders', '{timeout: 15s}'),
  kubernetes: key(
    record(KUBERNETES_KEYS, adviseMisplacedKey),
    'the TLS Secrets to look after',
    '{namespaces: [gateways]}',
  ),
  clock_skew: key(anyLength, 'how far clocks may differ', '5m'),
  max_age: key(someLength, 'the greatest age of a response', '14d'),
  assumed_validity: key(someLength, 'the validity of responses that name none', '1d'),
  trusted_responders: key(list(path), 'certificates that may sign for all issuers', '[responder.pem]'),
  issuers: key(
    named(record(ISSUER_KEYS, adviseMisplacedKey), 'the issuer'),
    'what holds for all certificates of an issuer',
    '{internal: {cert: internal-ca.pem, ocsp_responder_uri: http://ocsp.example.com}}',
  ),
  allow_sha1_signatures: key(truth, 'whether SHA-1 signatures are good enough', 'false'),
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
export const INCLUDED_FILE = record(INCLUDED_KEYS, (name) =>
  Object.hasOwn(TOP_KEYS, name)
    ? 'only "domains" and "scan_keys" belong in an included file: move it to the main file'
    : adviseMisplacedKey(name),
);

/** Returns advice for a key that is known, but written in the wrong section. */
function adviseMisplacedKey(name: string): string | undefined {
  const sections = SECTIONS.filter(([, keys]) => Object.hasOwn(keys, name)).map(([section]) => section);
  return sections.length === 0 ? undefined : `it belongs in ${sections.join(' or ')}`;
}
