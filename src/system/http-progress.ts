import type { Duration } from '../time/duration.js';
import type { Peer, Trace } from './interfaces.js';

/** How far an exchange has come. */
export class Progress {
  readonly #started = performance.now();
  #phase = this.#started;
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
  /** Octets of body, and how many were announced. */
  octets = 0;
  announced: number | undefined;
  /** The body, as far as it is kept. */
  readonly chunks: Uint8Array[] = [];

  /** Begins a phase that is measured. */
  begin(): void {
    this.#phase = performance.now();
  }

  /** The phase is over. Some have several parts: with a proxy there are two TLS handshakes. */
  end(phase: 'dns' | 'connect' | 'tls' | 'firstByte'): void {
    this[phase] = (this[phase] ?? 0) + performance.now() - this.#phase;
    this.begin();
  }

  get peer(): Peer {
    return { address: this.address, proxy: this.proxy };
  }

  trace(): Trace {
    const { addresses, status, dns, connect, tls, firstByte } = this;
    const total = performance.now() - this.#started;
    return { ...this.peer, addresses, status, times: { dns, connect, tls, firstByte, total } };
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

/** Ends everything at the end of the program. */
export class Closed extends Error {
  override readonly name = 'Closed';
}

/** The answer is that of another protocol. */
export class ProtocolSwitched extends Error {
  override readonly name = 'ProtocolSwitched';
}
