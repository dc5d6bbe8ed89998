import {
  BACKUP_KEYS,
  DOMAIN_KEYS,
  HTTP_KEYS,
  ISSUER_KEYS,
  KUBERNETES_KEYS,
  NOTIFY_KEYS,
  PING_KEYS,
  LIVE_KEYS,
  SCAN_KEYS,
  SERVICE_KEYS,
  TOP_KEYS,
} from './keys.js';
import type { Keys } from './schema/collections.js';

/*
 * Descriptions of all keys, for the manual and for editors. Only the build loads this file. The compiler and a test compare
 * it with keys.ts, and with the defaults in examples/reference.yaml.
 */

/** The description of a key. */
export interface Description {
  /** Sentences without markup. */
  readonly text: string;
  /** The default as it is written in YAML, or in words; undefined for a required key, and one without a default. */
  readonly default?: string;
}

type Describes<K> = Readonly<Record<keyof K, Description>>;

const DOMAIN: Describes<typeof DOMAIN_KEYS> = {
  cert: {
    text: 'The file of the certificate (PEM or DER). It may be a fullchain: the certificate, followed by its issuers.',
  },
  chain: {
    text: 'The file of the issuers. It may be left out if "cert" is a fullchain.',
    default: 'null',
  },
  rootchain: {
    text: 'The file of the issuers up to the root. Without it the issuer is trusted because its key signed the certificate.',
    default: 'null',
  },
  ocsp: {
    text: 'The file that the server staples from, relative to "ocsp_folder". Only certificates of different keys (RSA, ECDSA) of one server may share a file; the response then is one that is good for all of them.',
  },
  ocsp_responder_uri: {
    text: 'The URL of the responder, instead of those that the certificate names. "certificate" stands for just those, also if "issuers" names another.',
    default: 'null',
  },
  format: {
    text: 'How the file is written: "der" is the response alone, and "pem-chain" also has the responses about the intermediates that the server sends, in PEM, for servers with GnuTLS such as Exim. These are the ones in "cert", or in "chain" if "cert" has none.',
    default: 'der',
  },
  services: {
    text: 'The services that use the response, and are to be reloaded when it changes. A name, or a list of names. Without any, bit 2 of the exit status stands for the certificate.',
    default: '[]',
  },
};

const ISSUER: Describes<typeof ISSUER_KEYS> = {
  cert: {
    text: 'The file of the certificate of the issuer. Of several certificates in the file, all that belong to CAs count.',
  },
  ocsp_responder_uri: {
    text: 'The URL of the responder for all certificates of this issuer. An "ocsp_responder_uri" of a certificate takes precedence.',
  },
};

const SCAN: Describes<typeof SCAN_KEYS> = {
  folder: {
    text: 'The folder in which certificates are looked for.',
    default: 'the folder where relative paths begin',
  },
  recursive: {
    text: 'Whether subfolders are searched, too. The path of the subfolder is put before the name of the response.',
    default: 'true',
  },
  cert_mask: {
    text: "The names of certificates. {domain} stands for the name of the certificate, and may also be a folder: '{domain}/fullchain.pem'.",
    default: "'{domain}.pem'",
  },
  chain_mask: {
    text: 'The names of the files of issuers, or null if they are in the files of the certificates.',
    default: "'{domain}-chain.pem'",
  },
  rootchain_mask: {
    text: 'The names of the files of issuers up to the root, or null if there are none.',
    default: "'{domain}-rootchain.pem'",
  },
  ocsp_mask: {
    text: 'The names of the files that the server staples from, relative to "ocsp_folder".',
    default: "'{domain}.ocsp-resp'",
  },
  services: { text: 'The services that use these responses. A name, or a list of names.', default: '[]' },
};

const LIVE: Describes<typeof LIVE_KEYS> = {
  address: { text: 'The host and the port of the server. An IPv6 address is in brackets.' },
  servername: { text: 'The name that is sent to the server (SNI).', default: 'the host of "address"' },
  starttls: {
    text: 'The protocol in which TLS begins, for a mail server whose connections begin without TLS.',
    default: 'none',
  },
};

const SERVICE: Describes<typeof SERVICE_KEYS> = {
  exit_bit: {
    text: 'The bit of the exit status that stands for the service. Several services may share one.',
    default: 'the first of 2, 4, 8 and 16 that no other service has',
  },
  reload: {
    text: 'The command that reloads the service: a program and its arguments, without a shell, or a list of such commands. It runs only with "run_reloads" or --reload. Without it the caller reloads the service.',
    default: 'none',
  },
  test: {
    text: 'The command that must succeed before a reload, or a list of commands.',
    default: 'none',
  },
  runtime_socket: {
    text: 'The runtime sockets of HAProxy, which is given new responses there without a reload: a path, HOST:PORT, or a list of them.',
    default: 'none',
  },
  live: {
    text: 'Servers to which a run connects after a reload, to see whether they staple the new response: HOST:PORT, a mapping with "address", or a list of them.',
    default: '[]',
  },
};

const BACKUP: Describes<typeof BACKUP_KEYS> = {
  keep: { text: 'The number of backups that are kept of each response.', default: '10' },
  max_age: {
    text: 'The age after which a backup is removed. The newest is kept in any case.',
    default: 'no limit',
  },
  folder: {
    text: 'The folder of the backups. In a folder that is named here, the names of all responses must differ.',
    default: 'a folder below "state_folder"',
  },
};

const HTTP: Describes<typeof HTTP_KEYS> = {
  timeout: { text: 'The time limit of one exchange, from the first byte to the last.', default: '15s' },
  connect_timeout: { text: 'The time limit of a connection.', default: '5s' },
  max_response_size: {
    text: 'The greatest response in bytes. The units k and m stand for 1024 and 1048576 bytes.',
    default: '64k',
  },
  method: {
    text: 'The HTTP method of a request. "auto" is GET if the URL is short enough, and POST if a GET fails.',
    default: 'auto',
  },
  hash: {
    text: 'The hash by which a request names the certificate. "auto" is SHA-1, and SHA-256 for a responder that does not understand it. It has no influence on signatures.',
    default: 'auto',
  },
  nonce: { text: 'Whether a request has a nonce. Most responders ignore it.', default: 'false' },
  proxy: {
    text: 'The proxy that requests go through: "none", a URL, or "environment" for the variables http_proxy, https_proxy and all_proxy. A user name and a password stand before the host, with % codes for / : @ and %.',
    default: 'environment',
  },
  no_proxy: {
    text: 'Hosts, domains and networks that are reached without the proxy. "*" stands for all.',
    default: 'those of the variable no_proxy',
  },
  ca_file: {
    text: 'The file of the certificates that https responders and proxies must chain to.',
    default: 'those that Node.js trusts',
  },
  attempts: {
    text: 'How often a responder that is down or busy is asked in one run, with growing pauses.',
    default: '3',
  },
  per_host: { text: 'The number of simultaneous requests to one host.', default: '4' },
};

const TOP: Describes<typeof TOP_KEYS> = {
  domains: { text: 'The certificates. You choose their names.', default: '{}' },
  scan_keys: { text: 'Folders in which certificates are found by their names.', default: '[]' },
  includes: {
    text: 'Folders with further files (*.yml, *.yaml), which may have "domains" and "scan_keys".',
    default: '[]',
  },
  services: { text: 'The programs that use the responses. You choose their names.', default: '{}' },
  run_reloads: {
    text: 'Whether a run executes the "reload" commands of services whose responses have changed, as with the option --reload.',
    default: 'false',
  },
  reload_timeout: { text: 'The time limit of each reload command.', default: '1m' },
  relative_to: {
    text: 'The base of relative paths: the folder of the configuration ("config") or the working directory.',
    default: 'working_directory',
  },
  ocsp_folder: {
    text: 'The folder of the responses. The "ocsp" of each certificate is relative to it.',
    default: 'the folder where relative paths begin',
  },
  state_folder: {
    text: 'The folder of the lock, of pending reloads, of backups and of the history of responders. Several configurations may share it.',
    default: '$STATE_DIRECTORY if systemd sets it, else .ocspbot in "ocsp_folder"',
  },
  minimum_validity: {
    text: 'A response is due when less than this is left of its validity. If "minimum_validity_percentage" is set, too, the earlier time counts.',
    default: 'half of the lifetime, if neither is set',
  },
  minimum_validity_percentage: {
    text: 'A response is due when a smaller share than this is left of its validity, in percent.',
    default: 'half of the lifetime, if neither is set',
  },
  critical_validity: {
    text: 'A failed refresh needs attention (status 32) when less than this is left of the response in place. A response is due by then at the latest.',
    default: 'a third of the time before which a response is due',
  },
  make_backups: {
    text: 'Whether responses that are replaced are kept.',
    default: 'true if there are "backups", else false',
  },
  backups: { text: 'How many backups are kept, how long and where.', default: 'none' },
  stop_on_error: { text: 'Whether a run stops at the first failure.', default: 'false' },
  run_timeout: {
    text: 'The time limit of a whole run. Certificates that were not reached are reported with status 32.',
    default: '45m',
  },
  parallel_threads: {
    text: 'The number of certificates that are refreshed at the same time.',
    default: '16; 1 with "stop_on_error"',
  },
  output_log: {
    text: 'A file instead of standard output. {year} {month} {day} {hour} {minute} and {second} stand for the local time.',
    default: 'standard output',
  },
  error_log: {
    text: 'A file instead of standard error, with the same placeholders.',
    default: 'standard error',
  },
  metrics_file: {
    text: 'A file that each run replaces, with metrics for the textfile collector of the Prometheus node_exporter.',
    default: 'none',
  },
  html_file: {
    text: 'A file that each run replaces, with a page for a browser that shows all certificates.',
    default: 'none',
  },
  publish_folder: {
    text: 'A folder for a web server: each run publishes the verified responses there as files, under the paths of GET (RFC 9919).',
    default: 'none',
  },
  notify: {
    text: 'Who is told when a certificate, a service or the configuration becomes worse or better: once for each change.',
    default: 'none',
  },
  ping: {
    text: "The URL of a dead man's switch: each run of all certificates calls it with /start, then without, or with /fail if something needs attention. Or a mapping with a URL for each.",
    default: 'none',
  },
  openssl_executable: {
    text: 'A key of the Python program. It is accepted, and not needed.',
    default: 'none',
  },
  http: { text: 'How responders are asked.', default: '{}' },
  kubernetes: {
    text: 'The TLS Secrets of a Kubernetes cluster to which responses are written, as the key tls.ocsp-staple.',
    default: 'none',
  },
  clock_skew: {
    text: 'The time by which the clock of a responder may be ahead of that of this machine.',
    default: '5m',
  },
  max_age: { text: 'The greatest age of a response (thisUpdate).', default: '14d' },
  assumed_validity: {
    text: 'The validity of responses that name none (no nextUpdate), for private PKIs. Without it, such responses are refused.',
    default: 'none',
  },
  trusted_responders: {
    text: 'Files of certificates that may sign the responses of every issuer.',
    default: '[]',
  },
  issuers: {
    text: 'Responders for all certificates of an issuer, instead of those that the certificates name. You choose the names.',
    default: '{}',
  },
  allow_sha1_signatures: {
    text: 'Whether signatures with SHA-1 are accepted, for private PKIs that cannot do better.',
    default: 'false',
  },
};

const KUBERNETES: Describes<typeof KUBERNETES_KEYS> = {
  namespaces: {
    text: 'The namespaces whose Secrets of the type kubernetes.io/tls are looked after. A name, or a list of names; an asterisk in quotes stands for all namespaces.',
  },
  labels: {
    text: 'A label selector, as "kubectl get -l" takes it: only Secrets with these labels.',
    default: 'none',
  },
  service_account: {
    text: 'The folder with the files "ca.crt" and "token" of the service account.',
    default: '/var/run/secrets/kubernetes.io/serviceaccount',
  },
};

const NOTIFY: Describes<typeof NOTIFY_KEYS> = {
  command: {
    text: 'A program and its arguments, or a list of them. It gets a JSON document on standard input.',
    default: 'none',
  },
  url: {
    text: 'A webhook: the same document is sent there by POST. Messages never show the URL.',
    default: 'none',
  },
  timeout: { text: 'The time limit of each command and request.', default: '10s' },
};

const PING: Describes<typeof PING_KEYS> = {
  start: { text: 'The URL that is called when a run begins.', default: 'none' },
  success: { text: 'The URL that is called when nothing needs attention.', default: 'none' },
  attention: { text: 'The URL that is called when something does.', default: 'none' },
};

/** A section with its keys and their descriptions, in the order of the manual. */
export interface DescribedSection {
  readonly title: string;
  /** The path of the section, with NAME for a name that the administrator chooses. */
  readonly path: string;
  readonly keys: Keys;
  readonly descriptions: Readonly<Record<string, Description>>;
}

function section<const K extends Keys>(
  title: string,
  path: string,
  keys: K,
  descriptions: Describes<K>,
): DescribedSection {
  return { title, path, keys, descriptions };
}

export const DESCRIBED_SECTIONS: readonly DescribedSection[] = [
  section('Keys of the main file', '', TOP_KEYS, TOP),
  section('Keys of a certificate', 'domains.NAME', DOMAIN_KEYS, DOMAIN),
  section('Keys of a folder with certificates', 'scan_keys', SCAN_KEYS, SCAN),
  section('Keys of a service', 'services.NAME', SERVICE_KEYS, SERVICE),
  section('Keys of a server to look at', 'services.NAME.live', LIVE_KEYS, LIVE),
  section('Keys of an issuer', 'issuers.NAME', ISSUER_KEYS, ISSUER),
  section('Keys of backups', 'backups', BACKUP_KEYS, BACKUP),
  section('Keys of requests', 'http', HTTP_KEYS, HTTP),
  section('Keys of Kubernetes', 'kubernetes', KUBERNETES_KEYS, KUBERNETES),
  section('Keys of notifications', 'notify', NOTIFY_KEYS, NOTIFY),
  section("Keys of a dead man's switch", 'ping', PING_KEYS, PING),
];
