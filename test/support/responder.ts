import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeCertificate, type TestCertificate } from './certificates.js';
import { keyHash } from './extensions.js';
import { recordRequest, type Question, type RecordedRequest } from './responder-request.js';
import { send, type Lifetime, type Mode, type PlainMode } from './responder-modes.js';
import { makeErrorResponse, makeResponse, type ResponseOptions, type SingleOptions } from './responses.js';
import { digest } from './signing.js';

export type { Lifetime, Mode } from './responder-modes.js';
export type { RecordedRequest } from './responder-request.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface ServedIssuer {
  readonly issuer: TestCertificate;
  /** A delegated signer; by default the issuer itself signs. */
  readonly signer?: TestCertificate | undefined;
}

export interface ResponderOptions {
  /** The CAs that are answered for; others get `unauthorized`. */
  readonly issuers: readonly (ServedIssuer | TestCertificate)[];
  /** Decides for each request; undefined leaves it to what `set` said. */
  readonly answer?: ((request: RecordedRequest) => Mode | undefined) | undefined;
  /** Times of the response; by default an hour old and valid for seven days. */
  readonly lifetime?: Lifetime | undefined;
  /** The responder's clock; by default the real one. */
  readonly now?: (() => number) | undefined;
  /** The port; by default any free one. */
  readonly port?: number | undefined;
  /** The path of the URL, with slashes around it; by default `/`. */
  readonly path?: string | undefined;
}

/** A real OCSP responder on loopback. Every certificate is good until `set` says otherwise. */
export interface Responder {
  readonly url: string;
  readonly port: number;
  /** In the order of their arrival. */
  readonly requests: readonly RecordedRequest[];
  /** The number of connections so far. */
  readonly connections: number;
  /** Changed at any time. */
  lifetime: Lifetime;
  /** From now on, for one certificate or for all others. */
  set(mode: Mode, certificate?: TestCertificate): void;
  /** Forgets modes, requests and connections. */
  reset(): void;
  /** Ends open connections too. */
  close(): Promise<void>;
}

export async function startResponder(options: ResponderOptions): Promise<Responder> {
  const state = new ResponderState(options);
  const server = createServer((message, response) => {
    // A client that goes away in the middle of its request is none of our business.
    state.serve(message, response).catch(() => response.destroy());
  });
  server.on('connection', () => (state.connections += 1));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    port,
    url: `http://127.0.0.1:${port}${state.path}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

class ResponderState {
  readonly #options: ResponderOptions;
  readonly #modes = new Map<string, Mode>();
  #mode: Mode = 'good';
  readonly path: string;
  readonly requests: RecordedRequest[] = [];
  connections = 0;
  lifetime: Lifetime;

  constructor(options: ResponderOptions) {
    this.#options = options;
    this.path = options.path ?? '/';
    this.lifetime = options.lifetime ?? { age: HOUR, validity: 7 * DAY };
  }

  set(mode: Mode, certificate?: TestCertificate): void {
    if (certificate === undefined) this.#mode = mode;
    else this.#modes.set(toHex(certificate.serial), mode);
  }

  reset(): void {
    this.#mode = 'good';
    this.#modes.clear();
    this.requests.length = 0;
    this.connections = 0;
  }

  async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await recordRequest(message, this.path);
    this.requests.push(request);
    const { mode, headers = {}, after } = unwrap(this.#modeFor(request));
    await after;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    send(mode, this.#answer(request.question, mode), response);
  }

  #modeFor(request: RecordedRequest): Mode {
    const serial = request.question === undefined ? '' : toHex(request.question.serial);
    return this.#options.answer?.(request) ?? this.#modes.get(serial) ?? this.#mode;
  }

  /** Makes the response of a sound responder, or of a mode that concerns the content. */
  #answer(question: Question | undefined, mode: PlainMode): Uint8Array {
    if (question?.hash === undefined) return makeErrorResponse('malformedRequest');
    const served = this.#options.issuers.map(asServed).find((one) => isAskedFor(one.issuer, question));
    if (served === undefined) return makeErrorResponse('unauthorized');
    const now = this.#options.now?.() ?? Date.now();
    const single = singleFor(question, mode, lifetimeFor(mode, this.lifetime), now);
    return makeResponse({
      ...served,
      singles: [single],
      hash: question.hash,
      nonce: nonceFor(question, mode),
      ...changesFor(mode, served.issuer),
    });
  }
}

function unwrap(mode: Mode): Omit<Extract<Mode, { kind: 'with' }>, 'kind' | 'mode'> & { mode: PlainMode } {
  return typeof mode === 'object' && mode.kind === 'with' ? { mode: 'good', ...mode } : { mode };
}

function asServed(issuer: ServedIssuer | TestCertificate): ServedIssuer {
  return 'der' in issuer ? { issuer } : issuer;
}

function isAskedFor(
  issuer: TestCertificate,
  { hash = 'sha1', issuerNameHash, issuerKeyHash }: Question,
): boolean {
  return (
    Buffer.compare(digest(hash, issuer.name), issuerNameHash) === 0 &&
    Buffer.compare(keyHash(issuer.key.spki, hash), issuerKeyHash) === 0
  );
}

function lifetimeFor(mode: PlainMode, usual: Lifetime): Lifetime {
  if (mode === 'expired') return { age: DAY, validity: DAY - HOUR };
  if (mode === 'no-next-update') return { ...usual, validity: undefined };
  return typeof mode === 'object' && mode.kind === 'lifetime' ? mode.lifetime : usual;
}

function singleFor(
  { serial }: Question,
  mode: PlainMode,
  { age, validity }: Lifetime,
  now: number,
): SingleOptions {
  const thisUpdate = now - age;
  return {
    certificate: mode === 'foreign' ? Uint8Array.of(0x51, 0x52, 0x53) : serial,
    status: statusFor(mode, now),
    thisUpdate,
    nextUpdate: validity === undefined ? undefined : thisUpdate + validity,
  };
}

function statusFor(mode: PlainMode, now: number): NonNullable<SingleOptions['status']> {
  if (mode === 'revoked') return { revoked: now - HOUR, reason: 1 };
  if (mode === 'unknown') return 'unknown';
  return typeof mode === 'object' && mode.kind === 'status' ? mode.status : 'good';
}

function nonceFor({ nonce }: Question, mode: PlainMode): Uint8Array | undefined {
  if (mode === 'nonce-ignored') return undefined;
  return mode === 'nonce-different' ? new Uint8Array(32).fill(7) : nonce;
}

function changesFor(mode: PlainMode, issuer: TestCertificate): Partial<ResponseOptions> {
  if (mode === 'forged') return { signer: makeCertificate({ subject: issuer.name, ca: true }), embed: [] };
  return typeof mode === 'object' && mode.kind === 'change' ? mode.options : {};
}

function toHex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}
