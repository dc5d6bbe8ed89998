import { AssertionError } from 'node:assert';
import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import errors from 'undici/lib/core/errors.js';
import { BodyTooLarge, Closed, HeaderTooLarge, NoFinalAnswer, type Progress } from '../../http/trace.js';
import type { HttpResponse } from '../../http/types.js';
import { countInterim } from './wire.js';

interface Promised {
  resolve(response: HttpResponse): void;
  reject(error: Error): void;
}

type Aborter = Pick<Dispatcher.DispatchController, 'abort'>;

/** Collects one response as undici reads it, up to the limit of its body. */
export class ResponseHandler implements Dispatcher.DispatchHandler {
  readonly #progress: Progress;
  readonly #maxBody: number;
  readonly #socket: Duplex;
  readonly #promised: Promised;
  #headers: Readonly<Record<string, string>> = {};

  constructor(progress: Progress, maxBody: number, socket: Duplex, promised: Promised) {
    this.#progress = progress;
    this.#maxBody = maxBody;
    this.#socket = socket;
    this.#promised = promised;
  }

  onRequestStart(): void {}

  onResponseStart(controller: Aborter, status: number, headers: IncomingHttpHeaders): void {
    // undici would take it for an interim answer, and fail at its end.
    if (status < 100) return controller.abort(new NoFinalAnswer(`its status is ${status}`));
    if (status < 200) return countInterim(this.#progress, this.#socket);
    this.#progress.status = status;
    this.#headers = firstValues(headers);
    const length = this.#headers['content-length'];
    this.#progress.announced = length === undefined ? undefined : Number(length);
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    const progress = this.#progress;
    progress.bodyBytes += chunk.length;
    if (progress.bodyBytes > this.#maxBody) this.#socket.destroy(new BodyTooLarge());
    // undici reuses its memory.
    else progress.chunks.push(Buffer.from(chunk));
  }

  onResponseEnd(): void {
    // undici ends the response of a destroyed connection too, if it was to be closed after this response.
    if (this.#progress.bodyBytes > this.#maxBody) this.onResponseError(undefined, new BodyTooLarge());
    else this.#resolve();
  }

  /** Fails the exchange, unless the status is an error: the part of its body that came is enough for the message. */
  onResponseError(_controller: unknown, error: Error): void {
    const { status } = this.#progress;
    if (status === undefined || status === 200) this.#promised.reject(fromUndici(error, this.#progress));
    else this.#resolve();
  }

  #resolve(): void {
    const { status = 0, chunks, peer } = this.#progress;
    this.#promised.resolve({ status, headers: this.#headers, body: Buffer.concat(chunks), peer });
  }
}

function firstValues(headers: IncomingHttpHeaders): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) => {
    const first = Array.isArray(value) ? value[0] : value;
    return first === undefined ? [] : [[name, first] as const];
  });
  return Object.fromEntries(entries);
}

/** Turns undici's errors about an answer into those of src/http/trace.ts; returns other errors unchanged. */
function fromUndici(error: Error, { status, packet }: Progress): Error {
  if (error instanceof errors.HeadersOverflowError) return new HeaderTooLarge();
  if (error instanceof errors.HTTPParserError) {
    const isCutOff = error.message.includes('Invalid EOF state');
    return isCutOff ? closed(error) : new NoFinalAnswer(reasonOf(error), { cause: error, packet });
  }
  // undici regards some answers as impossible.
  if (error instanceof AssertionError)
    return new NoFinalAnswer('it is contradictory', { cause: error, packet });
  // In a header this error means contradictory lengths, or a line that is not a field. In a body it means that the connection
  // ended early.
  if (error instanceof errors.ResponseContentLengthMismatchError)
    return status === undefined
      ? new NoFinalAnswer('its header is malformed, or gives contradictory lengths', { cause: error })
      : closed(error);
  if (!(error instanceof errors.SocketError)) return error;
  return error.message === 'bad upgrade'
    ? new NoFinalAnswer('it switches to another protocol', { cause: error })
    : closed(error);
}

function closed(cause: Error): Closed {
  return new Closed('it was closed', { cause });
}

/** Returns the words of llhttp, which undici puts into brackets. */
function reasonOf({ message }: Error): string {
  return /\((.*)\)$/.exec(message)?.[1] ?? message;
}
