import type { Duration } from '../util/time.js';
import type { ProxyFor } from './proxy.js';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly url: string;
  /** Headers that are sent as they are. Names have their usual spelling, because some servers compare them as bytes. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  /**
   * The address or name of the server whose redirect this request follows; after several, the least trusted one. Addresses of a narrower scope are refused
   * (`redirect-refused`): a stranger must not send us to a place that the stranger cannot reach (SSRF).
   */
  readonly redirectedBy?: string | undefined;
  /** True if the answer may hold secrets: then no error quotes it or keeps a part of it. */
  readonly isConfidential?: true | undefined;
  /** True if the path may be a secret: then errors name only the server. */
  readonly isSecret?: true | undefined;
}

export interface HttpLimits {
  readonly timeout: Duration;
  readonly connectTimeout: Duration;
  /** The greatest number of bytes of a body: reading stops above it. */
  readonly maxBody: number;
}

/** The other side of an exchange. */
export interface Peer {
  /** Undefined if there was no connection. */
  readonly address: string | undefined;
  /** The proxy's URL without its secrets. With a proxy, `address` is the proxy's. */
  readonly proxy: string | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** Header names are in lower case. If a header is repeated, the first value counts. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly peer: Peer;
}

/** The course of an exchange, whether it succeeded or failed. */
export interface Trace extends Peer {
  /** The addresses of the name of the server, or of the proxy. */
  readonly addresses: readonly string[];
  /** True if at least a part of the request was sent. */
  readonly wasSent: boolean;
  /** Undefined if no header of an answer came. */
  readonly status: number | undefined;
  readonly times: Times;
}

/**
 * The times of an exchange. The time of a stage that did not take place or did not end is undefined: for a reused
 * connection, those of the first three.
 */
export interface Times {
  readonly dns: Duration | undefined;
  readonly connect: Duration | undefined;
  readonly tls: Duration | undefined;
  /** From sending the request to the first byte of an answer. */
  readonly firstByte: Duration | undefined;
  readonly total: Duration;
}

/** An HTTP client: one request, one response, without redirects and retries. Failures are OcspbotErrors. */
export interface Http {
  /** Sends one request. `observe` gets the trace as soon as the exchange is over, even if it failed. */
  exchange(request: HttpRequest, limits: HttpLimits, observe?: (trace: Trace) => void): Promise<HttpResponse>;
  close(): Promise<void>;
}

export interface HttpOptions {
  /** Concurrent requests to one origin. Other requests wait; the wait does not count towards their time limit. */
  readonly connectionsPerHost: number;
  /** The choice of proxies; without it no proxy is used. */
  readonly proxyFor?: ProxyFor | undefined;
  /** File of the trusted CA certificates (PEM) for servers and proxies; without it those of the system are trusted. */
  readonly caFile?: string | undefined;
  /** Ends all exchanges; its reason is an OcspbotError. */
  readonly stop?: AbortSignal | undefined;
}
