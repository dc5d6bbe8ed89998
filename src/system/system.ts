import type { Http, HttpOptions } from '../http/types.js';
import type { Duration, Instant } from '../util/time.js';

/** Everything outside of the process. There is one real one (`node.ts`); rooms take the parts that they need. */
export interface System {
  readonly files: Files;
  readonly processes: Processes;
  readonly commands: Commands;
  readonly sockets: Sockets;
  readonly tls: TlsClient;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  now(): Instant;
  /** Lets signals and streams have their turn. */
  breathe(): Promise<void>;
  /** Ends before its time when the signal is aborted. */
  sleep(duration: Duration, stop?: AbortSignal): Promise<void>;
  randomBytes(count: number): Uint8Array;
  /** All of standard input; refuses with EFBIG above `limit` octets. */
  readInput(limit: number): Promise<Uint8Array>;
  /** Makes a text file anew. Throws errno errors. */
  openLog(path: string): { write(text: string): void };
  /** Ends a run that takes longer. */
  openStop(limit: Duration): Stop;
  /** A client of its own for whoever asks, who also closes it. Loaded when first asked for. */
  openHttp(options: HttpOptions): Promise<Http>;
}

/** What a path is, without following a link at its end. */
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
  /** Left as the process makes it when undefined. */
  readonly owner?: number | undefined;
  readonly group?: number | undefined;
  /** Another file, whose mode and extended attributes it takes; those are set after the content. */
  readonly like?: string | undefined;
  /** Its folder has a default ACL, which says with the mode who may use it (acl(5)). */
  readonly inherit?: boolean;
  /** Means nothing after a power cut, and need not wait for the disk. */
  readonly fleeting?: true;
}

/** A name in a folder, and what it is, without following a link. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: FileFacts['kind'];
}

/** Content and facts of one and the same file, taken through one descriptor. */
export interface Snapshot {
  readonly facts: FileFacts;
  readonly bytes: Uint8Array;
}

/** The extended attributes of files, each in a line as tar prints it. A file that cannot be looked at is missing. */
export type AttributeListing =
  | { readonly kind: 'listed'; readonly attributes: ReadonlyMap<string, readonly string[]> }
  | { readonly kind: 'failed'; readonly problem: string };

/**
 * The file system. Failures are Node's own errors with an errno `code`; rooms turn them into words.
 * Small reads are synchronous: they are what a run with nothing to do consists of. What writes may wait for the disk.
 */
export interface Files {
  /** The effective user of this process; undefined where the system has none. */
  readonly user: number | undefined;
  /** Content of a regular file; refuses with EFBIG above `limit` octets. */
  read(path: string, limit: number): Uint8Array;
  /** Of a regular file; a link at the end of the path is refused with ELOOP, more than `limit` octets with EFBIG. */
  snapshot(path: string, limit: number): Snapshot;
  /** Where a symbolic link points, as it is written there. */
  readLink(path: string): string;
  /** undefined when nothing is there. */
  facts(path: string): FileFacts | undefined;
  /** The path with all links resolved (realpath). */
  resolve(path: string): string;
  /** Throws EACCES, EROFS and the like where this process may not make files in a folder. */
  checkWritable(folder: string): void;
  /** Names in a folder with their kinds, sorted by name; one look for all of them. */
  entries(folder: string): FolderEntry[];
  /** Names in a folder, sorted. */
  list(folder: string): string[];
  /** ACLs, security labels and the like (xattr(7)) of files and folders, behind links. Never throws. */
  listAttributes(paths: readonly string[]): Promise<AttributeListing>;
  /** Makes a file that is not there yet (O_EXCL, no link followed), sets mode and owner, writes, fsyncs what is not fleeting. */
  create(file: NewFile): Promise<void>;
  /** rename(2). */
  rename(from: string, to: string): Promise<void>;
  /** link(2): fails with EEXIST when `to` is there. */
  link(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** The same, and done when it returns: for the last act of a run, after which it must not wait for anything. */
  removeAtOnce(path: string): void;
  /** mkdir -p. A folder that servers must reach has its mode whatever the umask, unless an ACL says otherwise. */
  makeFolder(path: string, mode: number, umask?: 'without umask'): Promise<void>;
  /** fsync of a folder, so that a rename in it outlives a power cut. */
  syncFolder(path: string): Promise<void>;
}

/** What ends a run before all is done. */
export interface Stop {
  /** Aborted when that is so; its reason is the OcspbotError that says why. */
  readonly signal: AbortSignal;
  /** Aborted with it where a person or a supervisor wants it to end, and not only the time is over. */
  readonly interruption: AbortSignal;
  close(): void;
}

/** Enough to tell whether a process that wrote this down is still the same and alive. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Distinguishes a reused pid: boot and start time as the kernel counts them; empty where unknown. */
  readonly started: string;
  readonly host: string;
}

/** What became of a program. `output` is the end of what it wrote to both of its streams. */
export type CommandResult =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly status: number; readonly output: string }
  | { readonly kind: 'killed'; readonly signal: string; readonly output: string }
  | { readonly kind: 'timed-out'; readonly output: string }
  /** `code` is Node's: ENOENT where there is no such program. */
  | { readonly kind: 'not-started'; readonly code: string };

/** Other programs, without a shell, with this environment and nothing to read. */
export interface Commands {
  /** Never throws. When the time is up, the program and what it has started are stopped. */
  run(argv: readonly [string, ...string[]], limits: { timeout: Duration }): Promise<CommandResult>;
}

export interface Processes {
  readonly self: ProcessIdentity;
  /** `unknown`: of another host or container, or hidden from us, so that nobody can say whether its pid is that of another. */
  lifeOf(identity: ProcessIdentity): 'alive' | 'dead' | 'unknown';
  /** Not known to be dead. */
  isAlive(identity: ProcessIdentity): boolean;
}

/** A stream socket of this machine or of another. */
export type SocketAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

export type Conversation =
  | { readonly kind: 'answered'; readonly text: string }
  /** Why there is no answer, in words. */
  | { readonly kind: 'failed'; readonly problem: string };

export interface Sockets {
  /** Says something, and listens until the other side has said all. Never throws. */
  converse(
    address: SocketAddress,
    text: string,
    limits: { timeout: Duration; maxOctets: number },
  ): Promise<Conversation>;
}

/** A server of TLS, as a visitor reaches it. */
export interface TlsServer {
  readonly host: string;
  readonly port: number;
  /** For Server Name Indication (RFC 6066 §3); none is sent when undefined. */
  readonly servername: string | undefined;
  /** The protocol in which TLS begins only when asked for (RFC 3207); at once when undefined. */
  readonly starttls: 'smtp' | undefined;
}

/** What a server shows to a client that asks for a staple (RFC 6066 §8). Nothing of it is verified. */
export type Handshake =
  | {
      readonly kind: 'completed';
      /** DER, the server's own first. */
      readonly certificates: readonly Uint8Array[];
      readonly stapled: Uint8Array | undefined;
    }
  /** Why there was none, in words. */
  | { readonly kind: 'failed'; readonly problem: string };

export interface TlsClient {
  /** Never throws. */
  shakeHands(server: TlsServer, limits: { timeout: Duration }): Promise<Handshake>;
}
