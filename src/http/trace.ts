import type { Duration } from '../util/time.js';
import type { Peer, Trace } from './types.js';

/** The stages of an exchange. `tunnel`: a proxy opens a tunnel to the server. */
export type Stage = 'dns' | 'connect' | 'tunnel' | 'tls' | 'request';

/** The progress of an exchange, from which its trace and its error message are made. */
export class Progress {
  readonly #clock: () => Duration;
  readonly #started: Duration;
  #began: Duration;
  stage: Stage = 'dns';
  addresses: readonly string[] = [];
  address: string | undefined;
  /** URL of the proxy without its secrets. */
  proxy: string | undefined;
  /** True as soon as the peer is the server behind the proxy. */
  isPastProxy = false;
  dns: Duration | undefined;
  connect: Duration | undefined;
  tls: Duration | undefined;
  firstByte: Duration | undefined;
  /** Undefined until the header of the response is complete. */
  status: number | undefined;
  interimAnswers = 0;
  /** Bytes that were read, including header and framing. */
  received = 0;
  /** The bytes that were read last. */
  packet: Uint8Array | undefined;
  /** Bytes of the body that were read, and the announced number of them. */
  bodyBytes = 0;
  announced: number | undefined;
  /** The body, as far as it was read. */
  readonly chunks: Uint8Array[] = [];

  /** @param clock counts from any time, and is never set back */
  constructor(clock: () => Duration) {
    this.#clock = clock;
    this.#started = clock();
    this.#began = this.#started;
  }

  begin(stage: Stage): void {
    this.stage = stage;
    this.#began = this.#clock();
  }

  /** Ends a stage and adds its time. A time may have several parts: with a proxy there may be two TLS handshakes. */
  end(time: 'dns' | 'connect' | 'tls' | 'firstByte'): void {
    this[time] = (this[time] ?? 0) + this.#clock() - this.#began;
  }

  get peer(): Peer {
    return { address: this.address, proxy: this.proxy };
  }

  trace(): Trace {
    const { address, proxy, addresses, status, dns, connect, tls, firstByte } = this;
    const total = this.#clock() - this.#started;
    const wasSent = this.stage === 'request';
    return { address, proxy, addresses, wasSent, status, times: { dns, connect, tls, firstByte, total } };
  }
}

/** Ends an exchange when its time is over. */
export class TimeIsUp extends Error {
  override readonly name = 'TimeIsUp';
}

/** Ends an attempt to connect when its time is over. */
export class ConnectTimeIsUp extends Error {
  override readonly name = 'ConnectTimeIsUp';
}

/** Ends the reading of a body above the limit. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** The connection was closed, by the other side or at the end of the program. */
export class Closed extends Error {
  override readonly name = 'Closed';
}

/** Ends an exchange whose header is longer than the limit. */
export class HeaderTooLarge extends Error {
  override readonly name = 'HeaderTooLarge';
}

/** The bytes that came are not a valid answer, and none will follow. */
export class NoFinalAnswer extends Error {
  override readonly name = 'NoFinalAnswer';
  /** The bytes that are wrong. */
  readonly packet: Uint8Array | undefined;

  constructor(message: string, options?: ErrorOptions & { readonly packet?: Uint8Array | undefined }) {
    super(message, options);
    this.packet = options?.packet;
  }
}
