import type { ProxyFor } from '../network/proxies.js';
import type { Duration } from '../time/duration.js';
import type { Instant } from '../time/instant.js';

/** What a path is, without following a link at its end. */
export interface FileFacts {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly mode: number;
  readonly owner: number;
  readonly group: number;
  readonly size: number;
  readonly modified: Instant;
}

export interface NewFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
  /** Left as the process makes it when undefined. */
  readonly owner?: number | undefined;
  readonly group?: number | undefined;
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
  /** Names in a folder with their kinds, sorted by name; one look for all of them. */
  entries(folder: string): FolderEntry[];
  /** Names in a folder, sorted. */
  list(folder: string): string[];
  /** Makes a file that is not there yet (O_EXCL, no link followed), sets mode and owner, writes, fsyncs what is not fleeting. */
  create(file: NewFile): Promise<void>;
  /** rename(2). */
  rename(from: string, to: string): Promise<void>;
  /** link(2): fails with EEXIST when `to` is there. */
  link(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** The same, and done when it returns: for the last act of a run, after which it must not wait for anything. */
  removeAtOnce(path: string): void;
  /** mkdir -p */
  makeFolder(path: string, mode: number): Promise<void>;
  /** fsync of a folder, so that a rename in it outlives a power cut. */
  syncFolder(path: string): Promise<void>;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  /**
   * Address or name of the server whose redirect this follows. No address is connected to that is nearer to this
   * machine (`redirect-refused`): a stranger must not send us where he himself cannot go.
   */
  readonly redirectedBy?: string | undefined;
}

export interface HttpLimits {
  readonly timeout: Duration;
  readonly connectTimeout: Duration;
  /** Reading stops above this many octets of body. */
  readonly maxBody: number;
}

/** With whom an exchange is had. */
export interface Peer {
  /** Undefined where no connection came about. */
  readonly address: string | undefined;
  /** Like `http://proxy.example:3128`; then the address is the proxy's. */
  readonly proxy: string | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; of a repeated header the first. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly peer: Peer;
}

/** How an exchange went, well or not. */
export interface Trace extends Peer {
  /** What the name of the server, or of the proxy, was looked up to. */
  readonly addresses: readonly string[];
  /** Undefined where no header of an answer came. */
  readonly status: number | undefined;
  readonly times: Times;
}

/** Undefined is what did not take place, or not to its end: for a connection that was open already the first three. */
export interface Times {
  readonly dns: Duration | undefined;
  readonly connect: Duration | undefined;
  readonly tls: Duration | undefined;
  /** From the sending of the request to the first octet of an answer. */
  readonly firstByte: Duration | undefined;
  readonly total: Duration;
}

/** One request, one response: no redirects followed, no retries. Failures are OcspbotErrors of the transport. */
export interface Http {
  /** `observe` is told how it went as soon as it is over, also when it throws. */
  exchange(request: HttpRequest, limits: HttpLimits, observe?: (trace: Trace) => void): Promise<HttpResponse>;
  close(): Promise<void>;
}

export interface HttpOptions {
  /** Connections to one origin that may be open at once. */
  readonly connectionsPerHost: number;
  /** None without it. */
  readonly proxyFor?: ProxyFor | undefined;
  /** The certificates (PEM) that those of servers and proxies must chain to; those of the system without it. */
  readonly caFile?: string | undefined;
  /** Ends whatever is under way; its reason is an OcspbotError. */
  readonly stop?: AbortSignal | undefined;
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
