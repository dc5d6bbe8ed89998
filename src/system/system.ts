import type { Http, HttpOptions } from '../http/types.js';
import type { Duration, Instant } from '../util/time.js';

/** Everything outside of the process. `node.ts` has the only real one; each room takes the parts that it needs. */
export interface System {
  readonly files: Files;
  readonly processes: Processes;
  readonly commands: Commands;
  /** Runs a program as `commands` does, and returns its standard output if it succeeds. Never throws. */
  capture(
    argv: readonly [string, ...string[]],
    limits: { timeout: Duration; maxBytes: number },
  ): Promise<CapturedOutput>;
  readonly sockets: Sockets;
  readonly tls: TlsClient;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  /** The folder of the program's file, without links. */
  readonly programFolder: string;
  now(): Instant;
  /** Counts from any time, and is never set: it tells how long something takes. */
  elapsed(): Duration;
  /** Gives signals and streams their turn. */
  breathe(): Promise<void>;
  /** Collects garbage if there is much of it. */
  relieveMemory(): void;
  /** Has garbage collected earlier from now on, for the rest of a long run. */
  limitHeapGrowth(): void;
  /** Waits; ends early when the signal is aborted. */
  sleep(duration: Duration, stop?: AbortSignal): Promise<void>;
  randomBytes(count: number): Uint8Array;
  /** Reads all of standard input, or what comes until the signal is aborted; throws EFBIG above `limit` bytes. */
  readInput(limit: number, stop: AbortSignal): Promise<Uint8Array>;
  /** Opens a log file, which begins anew. `file` is equal for two paths to one file. Throws errno errors. */
  openLog(path: string): { readonly file: string; write(text: string): void };
  /** Reports whether the process that started this one has ended: then nobody takes the exit status. */
  isOrphaned(): boolean;
  /** Starts the time limit of a run and listens for signals. */
  openStop(limit: Duration): Stop;
  /** Opens a new HTTP client, which the caller closes. The client is loaded by the first call. */
  openHttp(options: HttpOptions): Promise<Http>;
}

/** The facts of a path; a link at its end is not followed. */
export interface FileFacts {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly mode: number;
  readonly owner: number;
  readonly group: number;
  readonly size: number;
  readonly modified: Instant;
  /** The last change of its content, rights, attributes or names. */
  readonly changed: Instant;
}

export interface NewFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
  /** Owner and group of the file; those of the process if undefined. */
  readonly owner?: number | undefined;
  readonly group?: number | undefined;
  /** Another file, whose mode and extended attributes are copied after the content is written. */
  readonly like?: string | undefined;
  /** True if the folder has a default ACL: ACL and mode together then decide who may use the file (acl(5)). */
  readonly inherit?: boolean;
  /** True if the file means nothing after a power cut, so that it need not wait for the disk. */
  readonly fleeting?: true;
}

/** A name in a folder and its kind; links are not followed. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: FileFacts['kind'];
}

/** Content and facts of the same file, read through one descriptor. */
export interface Snapshot {
  readonly facts: FileFacts;
  readonly bytes: Uint8Array;
}

/** The extended attributes of files, as lines that tar prints. A file that cannot be examined is missing. */
export type AttributeListing =
  | { readonly kind: 'listed'; readonly attributes: ReadonlyMap<string, readonly string[]> }
  /** `isPassing`: there is such a program, but something kept it from its end. A later attempt may succeed. */
  | { readonly kind: 'failed'; readonly problem: string; readonly isPassing: boolean };

/**
 * The file system. Failures are Node's own errors with an errno `code`; rooms turn them into words. Small reads are
 * synchronous, because a run with nothing to do consists of them. Writes are asynchronous: they may wait for the disk.
 */
export interface Files {
  /** The effective user of this process; undefined if the system has no users. */
  readonly user: number | undefined;
  /** Reads a regular file; throws EFBIG above `limit` bytes. */
  read(path: string, limit: number): Uint8Array;
  /** Reads the first `length` bytes of a regular file, or all that it has. */
  readBeginning(path: string, length: number): Uint8Array;
  /** Reads a regular file with its facts; throws ELOOP for a link at the end of the path, EFBIG above `limit` bytes. */
  snapshot(path: string, limit: number): Snapshot;
  /** Returns the target of a symbolic link as it is written. */
  readLink(path: string): string;
  /** Returns the facts of a path; undefined if it does not exist. */
  facts(path: string): FileFacts | undefined;
  /** Resolves all links in a path (realpath). */
  resolve(path: string): string;
  /** Returns a text that is equal for all paths to one file or folder; undefined if this user cannot look at it. */
  identity(path: string): string | undefined;
  /** Throws EACCES, EROFS or the like if this process may not write to a file, or make files in a folder. */
  checkWritable(path: string): void;
  /** Lists the names in a folder with their kinds, sorted by name, without a system call for each. */
  entries(folder: string): FolderEntry[];
  /** Lists the names in a folder, sorted. */
  list(folder: string): string[];
  /** Lists ACLs, security labels and the like (xattr(7)) of files and folders; links are followed. Never throws. */
  listAttributes(paths: readonly string[]): Promise<AttributeListing>;
  /** Makes a new file (O_EXCL, no link is followed): sets mode and owner, writes, and syncs unless it is fleeting. */
  create(file: NewFile): Promise<void>;
  /** Calls rename(2). */
  rename(from: string, to: string): Promise<void>;
  /** Calls link(2), which fails with EEXIST if `to` exists. */
  link(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Calls rmdir(2), which fails with ENOTEMPTY if something is in the folder. */
  removeFolder(path: string): Promise<void>;
  /** Makes a folder and those above it. `without umask`: others must reach it, so only an ACL may change its mode. */
  makeFolder(path: string, mode: number, umask?: 'without umask'): Promise<void>;
  /** Syncs a folder (fsync), so that a rename in it outlives a power cut. */
  syncFolder(path: string): Promise<void>;
}

/** The means to end a run early. */
export interface Stop {
  /** Aborted when the run must end; its reason is the OcspbotError that says why. */
  readonly signal: AbortSignal;
  /** Aborted too if a person or a supervisor ends the run, but not if its time is over. */
  readonly interruption: AbortSignal;
  close(): void;
}

/** The identity of a process. It tells later whether that very process is still alive. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Boot and start time as the kernel counts them, which distinguish a reused pid; empty if unknown. */
  readonly started: string;
  readonly host: string;
}

/** The result of a program. `output` is the end of what it wrote to standard output and standard error. */
export type CommandResult =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly status: number; readonly output: string }
  | { readonly kind: 'killed'; readonly signal: string; readonly output: string }
  | { readonly kind: 'timed-out'; readonly output: string }
  /** `code` is Node's: ENOENT if there is no such program. */
  | { readonly kind: 'not-started'; readonly code: string };

/** The result of a program whose standard output is wanted. */
export type CapturedOutput =
  | { readonly kind: 'succeeded'; readonly output: string }
  | { readonly kind: 'too-large' }
  | Exclude<CommandResult, { kind: 'succeeded' }>;

/** Runs other programs without a shell, with this environment. */
export interface Commands {
  /**
   * Runs a program. When the time is up, the program and its children are stopped. Never throws.
   *
   * @param order.input Its standard input, which is empty without it. A program need not read it.
   */
  run(
    argv: readonly [string, ...string[]],
    order: { readonly timeout: Duration; readonly input?: string },
  ): Promise<CommandResult>;
}

export interface Processes {
  readonly self: ProcessIdentity;
  /** Reports whether a process is alive. `unknown`: it is of another host or container, or hidden from us. */
  lifeOf(identity: ProcessIdentity): 'alive' | 'dead' | 'unknown';
  /** Reports whether a process is not known to be dead. */
  isAlive(identity: ProcessIdentity): boolean;
}

/** The address of a stream socket. */
export type SocketAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

export type Conversation =
  | { readonly kind: 'answered'; readonly text: string }
  /** `problem` says in words why there is no answer. */
  | { readonly kind: 'failed'; readonly problem: string };

export interface Sockets {
  /** Sends a text, and reads until the other side ends the connection. Never throws. */
  converse(
    address: SocketAddress,
    text: string,
    limits: { timeout: Duration; maxBytes: number },
  ): Promise<Conversation>;
}

/** A TLS server, as clients reach it. */
export interface TlsServer {
  readonly host: string;
  readonly port: number;
  /** The name for Server Name Indication (RFC 6066 §3); none is sent if undefined. */
  readonly servername: string | undefined;
  /** The protocol in which TLS begins on request (RFC 3207); TLS begins at once if undefined. */
  readonly starttls: 'smtp' | undefined;
}

/** The handshake of a server with a client that requests a staple (RFC 6066 §8). Nothing of it is verified. */
export type Handshake =
  | {
      readonly kind: 'completed';
      /** The certificates in DER, the server's own first. */
      readonly certificates: readonly Uint8Array[];
      readonly stapled: Uint8Array | undefined;
    }
  | {
      readonly kind: 'failed';
      /**
       * `unknown-name`: no address was found. `refused`: the server could be reached, and did not want to go on. A server
       * without a certificate of the wanted key does so.
       */
      readonly reason: 'unknown-name' | 'refused' | 'other';
      /** The reason in words. */
      readonly problem: string;
    };

/** The key of a certificate, by which a client chooses among those of a server. */
export type KeyName = 'RSA' | 'ECDSA' | 'EdDSA';

export interface HandshakeLimits {
  readonly timeout: Duration;
  /** The client accepts only signatures by such a key; by any if undefined. */
  readonly key?: KeyName | undefined;
}

export interface TlsClient {
  /** Does a TLS handshake. Never throws. */
  shakeHands(server: TlsServer, limits: HandshakeLimits): Promise<Handshake>;
}
