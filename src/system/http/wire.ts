import type { Duplex } from 'node:stream';
import { NoFinalAnswer, type Progress } from '../../http/trace.js';
import { LIMITS } from '../../util/limits.js';

/** The beginnings of header fields that undici writes itself, and their usual spelling: some servers compare names as bytes. */
const SPELLING = [
  ['\r\nhost: ', '\r\nHost: '],
  ['\r\nconnection: ', '\r\nConnection: '],
  ['\r\ncontent-length: ', '\r\nContent-Length: '],
] as const;

/** The beginnings of status lines with status 100. */
const BEGINNINGS = ['HTTP/1.1 100', 'HTTP/1.0 100'] as const;

/**
 * Prepares a connection for undici: records the time of the first byte of an answer, spells header fields in the usual
 * way, and drops answers of status 100, which servers may send at any time (RFC 9110 §15.2) and undici refuses.
 */
export function prepareWire(socket: Duplex, currentProgress: () => Progress | undefined): void {
  const write = socket.write.bind(socket) as (...parts: unknown[]) => boolean;
  socket.write = (chunk: unknown, ...others: unknown[]) =>
    write(typeof chunk === 'string' ? spellHeader(chunk) : chunk, ...others);
  const read = socket.read.bind(socket);
  let held: Buffer = Buffer.alloc(0);
  socket.read = (size?: number) => {
    const progress = currentProgress();
    // undici reads until nothing is left, so it has parsed all that came before.
    if (progress?.status !== undefined) limitFraming(progress, socket);
    const chunk = read(size) as Buffer | null;
    if (chunk === null || progress === undefined) return chunk;
    note(chunk, progress);
    if (progress.status !== undefined) return chunk;
    const { bytes, isWhole } = withoutContinue(Buffer.concat([held, chunk]), () =>
      countInterim(progress, socket),
    );
    held = isWhole ? Buffer.alloc(0) : bytes;
    return isWhole ? bytes : null;
  };
}

function note(chunk: Buffer, progress: Progress): void {
  if (progress.firstByte === undefined) progress.end('firstByte');
  progress.packet = chunk;
  progress.received += chunk.length;
}

/** Bytes of framing for each byte of body that the smallest chunks need. */
const FRAMING = 8;

/** Ends a connection with too much framing, such as endless chunk extensions, which undici does not limit. */
function limitFraming({ received, bodyBytes }: Progress, socket: Duplex): void {
  if (received - bodyBytes > LIMITS.responseHeader + FRAMING * bodyBytes)
    socket.destroy(new NoFinalAnswer('it has more framing than body'));
}

/** Ends the connection of a server that sends too many interim answers. */
export function countInterim(progress: Progress, socket: Duplex): void {
  progress.interimAnswers += 1;
  if (progress.interimAnswers > LIMITS.interimAnswers)
    socket.destroy(new NoFinalAnswer('it goes on with interim answers'));
}

/** Spells the fields of a header in the usual way. undici writes only headers as text, each whole and each field once. */
function spellHeader(header: string): string {
  return SPELLING.reduce((text, [written, usual]) => text.replace(written, usual), header);
}

/** Drops leading answers of status 100. `isWhole` is false if the rest may still be the beginning of one. */
function withoutContinue(came: Buffer, count: () => void): { bytes: Buffer; isWhole: boolean } {
  let bytes = came;
  while (bytes.length < LIMITS.responseHeader) {
    const beginning = bytes.toString('latin1', 0, BEGINNINGS[0].length);
    if (!BEGINNINGS.some((known) => known.startsWith(beginning))) return { bytes, isWhole: true };
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) return { bytes, isWhole: false };
    count();
    bytes = bytes.subarray(end + 4);
  }
  return { bytes, isWhole: true };
}
