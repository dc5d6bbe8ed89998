import type { ErrorCode } from '../util/errors.js';
import type { OwnState } from '../state/own-state.js';
import type { ProxySetting } from '../http/proxy.js';
import type { SocketAddress, TlsServer } from '../system/system.js';
import type { Duration } from '../util/time.js';
import type { CertificateFiles } from '../x509/subject.js';

/** A place in a configuration file. Lines and columns count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The line of a problem as shown to users: cut to a readable length, without control characters. */
export interface Excerpt {
  readonly text: string;
  /** The column of the caret, from 0. */
  readonly indent: number;
  readonly length: number;
}

/** A mistake in the text of a configuration, or a fault of a file or folder that it names. */
export interface Problem {
  readonly position: Position;
  readonly message: string;
  /** Advice on how to correct it. */
  readonly hint: string | undefined;
  /** undefined if the line would not help, or must not be shown (a private key, for example). */
  readonly excerpt: Excerpt | undefined;
}

/** A fault on the disk, not in the text. It stops only the certificates that it concerns. */
export type Defect = EntryDefect | SharedDefect;

/** A defect because of which one certificate cannot be refreshed. */
export interface EntryDefect extends Problem {
  readonly effect: 'entry';
  readonly code: ErrorCode;
}

/** A defect that belongs to no single certificate. A run does what it can in spite of it. */
export interface SharedDefect extends Problem {
  /**
   * `unknown-certificates`: certificates may be configured there that this run does not know. `unusable-file`: a file of
   * CA, responder or issuer certificates is unusable; it matters to the certificates that need it. `reported-by-run`: a run
   * that needs the folder reports it itself.
   */
  readonly effect: 'unknown-certificates' | 'unusable-file' | 'reported-by-run';
}

/** Returns the defects of unreadable places that may hold more certificates. */
export function unknownPlaces(defects: readonly Defect[]): Defect[] {
  return defects.filter(({ effect }) => effect === 'unknown-certificates');
}

/** A certificate to refresh: an entry of `domains`, or a match of `scan_keys`. Paths are absolute. */
export interface Entry extends CertificateFiles {
  readonly name: string;
  /** The file that the server staples. */
  readonly ocsp: string;
  /** `pem-chain`: the file also has the responses about the CA certificates of the chain, in PEM. */
  readonly format?: 'pem-chain' | undefined;
  /** undefined if none is written: then the rule of its issuer in `issuers` applies, else the certificate's own URLs. */
  readonly responder: ResponderRule | undefined;
  /** Names of services. Never empty: `[UNASSIGNED]` if none is written. */
  readonly services: readonly string[];
  readonly position: Position;
  /** Set if other entries have the same file: certificates of different keys that one server staples it with. */
  readonly shared?: SharedFile | undefined;
  /** Defects found while the configuration was read; undefined if there are none. */
  readonly defects?: readonly EntryDefect[];
}

/** A file for a response about several certificates. All entries that share it have the same object. */
export interface SharedFile {
  /** The entries, each without this field. */
  readonly members: readonly Entry[];
}

/** The responder of a certificate: the ones that the certificate itself names (RFC 5280 §4.2.2.1), or this URL. */
export type ResponderRule = { readonly kind: 'certificate' } | { readonly kind: 'url'; readonly url: string };

/** A rule for all certificates of an issuer. */
export interface IssuerRule {
  readonly name: string;
  /** File of its certificate. If the file has several certificates, all CA certificates in it count. */
  readonly cert: string;
  /** URL of the responder. */
  readonly responder: string;
}

/** Stands for the missing service of certificates that name none. No service can have this name. */
export const UNASSIGNED = '-';

/** Names a service in a sentence, as something to reload. */
export function serviceInWords(name: string): string {
  return name === UNASSIGNED ? 'what uses the certificates of no service' : name;
}

/** The bits of the exit status for services. 1 is excluded: Node.js itself ends with 1 when it cannot run the program. */
export const EXIT_BITS = [2, 4, 8, 16] as const;

export type ExitBit = (typeof EXIT_BITS)[number];

export const UNASSIGNED_BIT = 2 satisfies ExitBit;

/** A program and its arguments. They are passed on as they are, without a shell. */
export type Argv = readonly [program: string, ...args: string[]];

export interface Service {
  readonly name: string;
  readonly exitBit: ExitBit;
  /** Commands that run in this order after its staples have changed; empty if the caller reloads the service. */
  readonly reload: readonly Argv[];
  /** Commands that run before a reload. If one fails, there is no reload. */
  readonly test: readonly Argv[];
  /** HAProxy's runtime sockets, through which it receives new staples without a reload. */
  readonly runtimeSockets: readonly SocketAddress[];
  /** TLS servers to connect to after a reload, to see whether they serve the new staples. */
  readonly live: readonly TlsServer[];
}

/** Thresholds that say when a staple is due. Without any it is due at half of its lifetime. */
export interface Thresholds {
  /** A staple is due when less than this is left. */
  readonly minimumValidity: Duration | undefined;
  /** A staple is due when less than this share (0–1) of its lifetime is left. */
  readonly minimumShare: number | undefined;
  /** A staple needs attention when less than this is left. Default: a third of the refresh threshold. */
  readonly criticalValidity: Duration | undefined;
}

export type BackupPolicy =
  | { readonly kind: 'off' }
  | {
      readonly kind: 'on';
      /** The number of backups that are kept of one staple. */
      readonly keep: number;
      /** Backups older than this are removed, but never the newest. */
      readonly maxAge: Duration | undefined;
      /** The folder of backups; below the state folder if undefined. */
      readonly folder: string | undefined;
    };

/** The hash of a CertID (RFC 6960 §4.1.1). */
export type HashName = 'sha1' | 'sha256';

export interface HttpSettings {
  /** The time limit of one exchange, from the first to the last byte. */
  readonly timeout: Duration;
  readonly connectTimeout: Duration;
  /** The number of bytes of a body after which reading stops. */
  readonly maxResponseSize: number;
  /** `auto`: GET if the URL is short enough, and POST after a failed GET. */
  readonly method: 'auto' | 'get' | 'post';
  /** The hash of the CertID. `auto`: SHA-1, and SHA-256 for a responder that does not understand SHA-1. */
  readonly hash: HashName | 'auto';
  readonly nonce: boolean;
  readonly proxy: ProxySetting;
  /** Hosts, domains and networks that are reached without a proxy; if undefined, those of the environment. */
  readonly noProxy: readonly string[] | undefined;
  /** Trust anchors of https responders and proxies; if undefined, those of the system. */
  readonly caFile: string | undefined;
  /** The number of times that a responder is asked in one run, as long as its failure may be temporary. */
  readonly attempts: number;
  /** The number of simultaneous requests to one host. */
  readonly perHost: number;
}

/** Requirements that a genuine response must meet to be installed. */
export interface ResponsePolicy {
  /** The time by which the responder's clock may be ahead of ours. */
  readonly clockSkew: Duration;
  /** The maximum age of thisUpdate. */
  readonly maxAge: Duration;
  /** The validity of a response without nextUpdate. If undefined, such a response is refused. */
  readonly assumedValidity: Duration | undefined;
  readonly allowSha1Signatures: boolean;
}

/** The TLS Secrets of a Kubernetes cluster whose key `tls.ocsp-staple` is kept fresh. */
export interface KubernetesSettings {
  readonly namespaces: readonly string[];
  /** A label selector, as `kubectl get -l` takes it; all TLS Secrets of the namespaces if undefined. */
  readonly labels: string | undefined;
  /** The folder with the CA file and the token of the service account. */
  readonly serviceAccount: string;
}

/** The receivers of changes of severity. */
export interface NotifySettings {
  readonly commands: readonly Argv[];
  /** A webhook; its path may be a secret. */
  readonly url: string | undefined;
  /** The time limit of each command and request. */
  readonly timeout: Duration;
}

/** The URLs of a dead man's switch. They may be secrets. */
export interface PingUrls {
  readonly start: string | undefined;
  readonly success: string | undefined;
  readonly attention: string | undefined;
}

export interface Configuration {
  /** The file as the caller names it. */
  readonly file: string;
  /** Its absolute path, with the links in it. */
  readonly path: string;
  /** Entries in the order of the configuration: scanned ones first, then listed ones, then included ones. */
  readonly entries: readonly Entry[];
  readonly services: readonly Service[];
  /** Reload commands run even if the command line does not ask for it. */
  readonly runReloads: boolean;
  /** The time limit of each reload command. */
  readonly reloadTimeout: Duration;
  readonly thresholds: Thresholds;
  readonly policy: ResponsePolicy;
  /** Files of certificates that may sign for any issuer. */
  readonly trustedResponders: readonly string[];
  readonly issuers: readonly IssuerRule[];
  readonly http: HttpSettings;
  readonly backups: BackupPolicy;
  /** undefined if no Secrets are looked after. */
  readonly kubernetes: KubernetesSettings | undefined;
  /** The state folder. Several configurations may share it. */
  readonly stateFolder: string;
  /** This configuration's own part of the state folder. */
  readonly ownState: OwnState;
  /** The time limit of a whole run. */
  readonly runTimeout: Duration;
  /** The number of certificates that are refreshed at the same time. */
  readonly parallel: number;
  readonly stopOnError: boolean;
  /** Absolute paths; their placeholders are not yet replaced. */
  readonly outputLog: string | undefined;
  readonly errorLog: string | undefined;
  /** An absolute path. */
  readonly metricsFile: string | undefined;
  /** An absolute path. */
  readonly htmlFile: string | undefined;
  /** An absolute path. */
  readonly publishFolder: string | undefined;
  readonly notify: NotifySettings | undefined;
  readonly ping: PingUrls | undefined;
  /** All defects, also those of entries, in the order of their positions. */
  readonly defects: readonly Defect[];
  /** Warnings that every run shows. */
  readonly warnings: readonly string[];
  /** Remarks that only `--verbose` shows. */
  readonly notes: readonly string[];
  /** The keys of the main file if the Python program of the same name could work with the configuration. */
  readonly pythonKeys: readonly string[] | undefined;
}
