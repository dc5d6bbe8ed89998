import type { Duration } from '../../time/duration.js';

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
