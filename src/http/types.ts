import type { Duration } from '../util/time.js';
import type { ProxyFor } from './proxy.js';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** Sent as they are: names in their usual spelling, as some servers compare them by octets. */
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
  /** Whether the request was sent, or a part of it. */
  readonly wasSent: boolean;
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
  /** Requests to one origin that may be under way at once; the others wait, which is not part of their time. */
  readonly connectionsPerHost: number;
  /** None without it. */
  readonly proxyFor?: ProxyFor | undefined;
  /** The certificates (PEM) that those of servers and proxies must chain to; those of the system without it. */
  readonly caFile?: string | undefined;
  /** Ends whatever is under way; its reason is an OcspbotError. */
  readonly stop?: AbortSignal | undefined;
}
