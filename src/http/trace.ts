import type { Duration } from '../util/time.js';
import type { Peer, Trace } from './types.js';

/** With a proxy `tunnel` is what it makes to the server. */
export type Stage = 'dns' | 'connect' | 'tunnel' | 'tls' | 'request';

/** How far an exchange has come. */
export class Progress {
  readonly #started = performance.now();
  #began = this.#started;
  stage: Stage = 'dns';
  addresses: readonly string[] = [];
  address: string | undefined;
  /** Like `http://proxy.example:3128`. */
  proxy: string | undefined;
  /** Whether it is the server behind the proxy that is now spoken to. */
  isPastProxy = false;
  dns: Duration | undefined;
  connect: Duration | undefined;
  tls: Duration | undefined;
  firstByte: Duration | undefined;
  /** Undefined until the header of the response is complete. */
  status: number | undefined;
  interimAnswers = 0;
  /** All octets that were read, with header and framing. */
  received = 0;
  /** The octets that were read last. */
  packet: Uint8Array | undefined;
  /** Octets of body, and how many were announced. */
  octets = 0;
  announced: number | undefined;
  /** The body, as far as it is kept. */
  readonly chunks: Uint8Array[] = [];

  begin(stage: Stage): void {
    this.stage = stage;
    this.#began = performance.now();
  }

  /** The stage is over. Some times have several parts: with a proxy there may be two TLS handshakes. */
  end(time: 'dns' | 'connect' | 'tls' | 'firstByte'): void {
    this[time] = (this[time] ?? 0) + performance.now() - this.#began;
  }

  get peer(): Peer {
    return { address: this.address, proxy: this.proxy };
  }

  trace(): Trace {
    const { addresses, status, dns, connect, tls, firstByte } = this;
    const total = performance.now() - this.#started;
    const wasSent = this.stage === 'request';
    return { ...this.peer, addresses, wasSent, status, times: { dns, connect, tls, firstByte, total } };
  }
}

/** Ends an exchange when its time is over. */
export class TimeIsUp extends Error {
  override readonly name = 'TimeIsUp';
}

/** Ends the making of a connection when its time is over. */
export class ConnectTimeIsUp extends Error {
  override readonly name = 'ConnectTimeIsUp';
}

/** Ends the reading of a body above the limit. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** The connection is closed, by the other side or at the end of the program. */
export class Closed extends Error {
  override readonly name = 'Closed';
}

/** Ends an exchange whose header is longer than the limit. */
export class HeaderTooLarge extends Error {
  override readonly name = 'HeaderTooLarge';
}

/** What comes is no answer, and none will follow. */
export class NoFinalAnswer extends Error {
  override readonly name = 'NoFinalAnswer';
  /** The octets in which something is wrong. */
  readonly packet: Uint8Array | undefined;

  constructor(message: string, options?: ErrorOptions & { readonly packet?: Uint8Array | undefined }) {
    super(message, options);
    this.packet = options?.packet;
  }
}
