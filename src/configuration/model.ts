import type { ErrorCode } from '../util/errors.js';
import type { OwnState } from '../state/own-folder.js';
import type { ProxySetting } from '../http/proxy.js';
import type { SocketAddress, TlsServer } from '../system/system.js';
import type { Duration } from '../util/time.js';
import type { CertificateFiles } from '../x509/load.js';
import type { HashName } from '../x509/name.js';

/** Where something was written. Lines and columns count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The line of a problem as it is shown: cut to a readable length, without control characters. */
export interface Excerpt {
  readonly text: string;
  /** Where the caret stands, from 0. */
  readonly indent: number;
  readonly length: number;
}

/** Something that has to be put right: in the text of a configuration, or on the disk where it leads to. */
export interface Problem {
  readonly position: Position;
  readonly message: string;
  /** What to do about it. */
  readonly hint: string | undefined;
  /** undefined where a line would say nothing, or too much: of a private key for example. */
  readonly excerpt: Excerpt | undefined;
}

/** What is wrong on the disk and not in the text: it stops nobody whom it does not concern. */
export type Defect = EntryDefect | SharedDefect;

/** One certificate cannot be looked after. */
export interface EntryDefect extends Problem {
  readonly effect: 'entry';
  readonly code: ErrorCode;
}

/** It belongs to no single certificate. A run does what it can without it. */
export interface SharedDefect extends Problem {
  /**
   * `unknown-certificates`: some may be configured or lie there, and nobody knows them. `missing-aid`: it matters to
   * certificates that need it. `told-by-run`: a run that is kept from its work by it says so itself.
   */
  readonly effect: 'unknown-certificates' | 'missing-aid' | 'told-by-run';
}

/** One certificate to look after: an entry of `domains`, or a find of `scan_keys`. Paths are absolute. */
export interface Entry extends CertificateFiles {
  readonly name: string;
  /** Where the server staples from. */
  readonly ocsp: string;
  /** Where nothing is written it is the one of the issuer, if there is one in `issuers`, else the certificate's own. */
  readonly responder: ResponderRule | undefined;
  /** Names of services; never empty, `[UNASSIGNED]` where none is written. */
  readonly services: readonly string[];
  readonly position: Position;
  /** Seen while the configuration was read; undefined where nothing is wrong. */
  readonly defects?: readonly EntryDefect[];
}

/** Whom to ask about a certificate: those that it names itself, or this one. */
export type ResponderRule = { readonly kind: 'certificate' } | { readonly kind: 'url'; readonly url: string };

/** What holds for all certificates of an issuer. */
export interface IssuerRule {
  readonly name: string;
  /** File of its certificate; of several in it, all that are of CAs. */
  readonly cert: string;
  /** URL of the responder. */
  readonly responder: string;
}

/** The service of certificates that name none. No service can have this name. */
export const UNASSIGNED = '-';

/** Without 1: Node.js itself ends with 1 when it cannot run the program. */
export type ExitBit = 2 | 4 | 8 | 16;

export const UNASSIGNED_BIT = 2 satisfies ExitBit;

/** A program and its arguments, as they are passed on: there is no shell. */
export type Argv = readonly [program: string, ...args: string[]];

export interface Service {
  readonly name: string;
  readonly exitBit: ExitBit;
  /** Run in this order after its staples have changed; empty where the caller reloads it. */
  readonly reload: readonly Argv[];
  /** Run before; where one fails, there is no reload. */
  readonly test: readonly Argv[];
  /** HAProxy's runtime sockets: over these it is given new staples while it runs, without a reload. */
  readonly runtimeSockets: readonly SocketAddress[];
  /** Where it is looked at, after it was told of new staples, whether it serves them. */
  readonly live: readonly TlsServer[];
}

/** When a staple is due. With neither threshold set: at half of its lifetime. */
export interface Thresholds {
  /** Due when less than this is left. */
  readonly minimumValidity: Duration | undefined;
  /** Due when less than this share (0–1) of the lifetime is left. */
  readonly minimumShare: number | undefined;
  /** A person is needed when less than this is left; by default a third of the refresh threshold. */
  readonly criticalValidity: Duration | undefined;
}

export type BackupPolicy =
  | { readonly kind: 'off' }
  | {
      readonly kind: 'on';
      /** How many backups of one staple stay. */
      readonly keep: number;
      /** Backups older than this go, but never the newest. */
      readonly maxAge: Duration | undefined;
      /** Where backups go; below the state folder when undefined. */
      readonly folder: string | undefined;
    };

export interface HttpSettings {
  /** For one exchange, from the first to the last octet. */
  readonly timeout: Duration;
  readonly connectTimeout: Duration;
  /** Octets of a body after which reading stops. */
  readonly maxResponseSize: number;
  /** `auto`: GET where the URL is short enough, and POST where a GET fails. */
  readonly method: 'auto' | 'get' | 'post';
  /** Hash of the CertID. `auto`: SHA-1, and SHA-256 where that is not understood. */
  readonly hash: HashName | 'auto';
  readonly nonce: boolean;
  readonly proxy: ProxySetting;
  /** Places that are reached without a proxy; those of the environment when undefined. */
  readonly noProxy: readonly string[] | undefined;
  /** What https responders and proxies must chain to; what the system trusts when undefined. */
  readonly caFile: string | undefined;
  /** How often a responder is asked in a run while waiting may mend what is wrong. */
  readonly attempts: number;
  /** Requests to one host at once. */
  readonly perHost: number;
}

/** What a genuine response must be like to be wanted here. */
export interface ResponsePolicy {
  /** How far the responder's clock may be ahead of ours. */
  readonly clockSkew: Duration;
  /** The greatest age of thisUpdate. */
  readonly maxAge: Duration;
  /** Stands for nextUpdate where a response has none; without it such a response is refused. */
  readonly assumedValidity: Duration | undefined;
  readonly allowSha1Signatures: boolean;
}

export interface Configuration {
  readonly file: string;
  /** In the order of the configuration: scanned first, then listed, then included. */
  readonly entries: readonly Entry[];
  readonly services: readonly Service[];
  /** Whether their reload commands are run, also when the command line does not ask for it. */
  readonly runReloads: boolean;
  /** For each command. */
  readonly reloadTimeout: Duration;
  readonly thresholds: Thresholds;
  readonly policy: ResponsePolicy;
  /** Files of certificates that may sign for any issuer. */
  readonly trustedResponders: readonly string[];
  readonly issuers: readonly IssuerRule[];
  readonly http: HttpSettings;
  readonly backups: BackupPolicy;
  /** Other configurations may have the same. */
  readonly stateFolder: string;
  /** This configuration's own part of it. */
  readonly ownState: OwnState;
  /** For a whole run. */
  readonly runTimeout: Duration;
  /** Certificates in flight at once. */
  readonly parallel: number;
  readonly stopOnError: boolean;
  /** File names with their placeholders still in; absolute. */
  readonly outputLog: string | undefined;
  readonly errorLog: string | undefined;
  /** Those of entries too, in the order of their positions. */
  readonly defects: readonly Defect[];
  /** Things to know that are no errors. */
  readonly warnings: readonly string[];
  /** Said only with `--verbose`. */
  readonly notes: readonly string[];
}
