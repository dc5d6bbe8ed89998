import type { Duplex } from 'node:stream';
import { NoFinalAnswer, type Progress } from '../../http/trace.js';
import { LIMITS } from '../../util/limits.js';

/** Header fields that undici writes by itself, in their usual spelling: some servers compare names by octets. */
const SPELLING: Readonly<Record<string, string>> = {
  host: 'Host',
  connection: 'Connection',
  'content-length': 'Content-Length',
};

/** As much of a status line as tells whether the status is 100. */
const BEGINNINGS = ['HTTP/1.1 100', 'HTTP/1.0 100'] as const;

/**
 * Prepares a connection for undici: notes when the first octet of an answer comes, spells header fields in the usual
 * way, and leaves out answers of status 100, which servers may send at any time (RFC 9110 §15.2) and undici refuses.
 */
export function prepareWire(socket: Duplex, currentProgress: () => Progress | undefined): void {
  const write = socket.write.bind(socket) as (...parts: unknown[]) => boolean;
  socket.write = (chunk: unknown, ...others: unknown[]) =>
    write(typeof chunk === 'string' ? spellHeader(chunk) : chunk, ...others);
  const read = socket.read.bind(socket);
  let held: Buffer = Buffer.alloc(0);
  socket.read = (size?: number) => {
    const progress = currentProgress();
    // undici reads until nothing is left: what came before has now been parsed.
    if (progress?.status !== undefined) limitFraming(progress, socket);
    const chunk = read(size) as Buffer | null;
    if (chunk === null || progress === undefined) return chunk;
    note(chunk, progress);
    if (progress.status !== undefined) return chunk;
    const { octets, isWhole } = withoutContinue(Buffer.concat([held, chunk]), () =>
      countInterim(progress, socket),
    );
    held = isWhole ? Buffer.alloc(0) : octets;
    return isWhole ? octets : null;
  };
}

function note(chunk: Buffer, progress: Progress): void {
  if (progress.firstByte === undefined) progress.end('firstByte');
  progress.packet = chunk;
  progress.received += chunk.length;
}

/** Octets around each octet of body that the smallest chunks need. */
const FRAMING = 8;

/** Ends the connection where much comes that is no body, as in endless chunk extensions: undici does not limit them. */
function limitFraming({ received, octets }: Progress, socket: Duplex): void {
  if (received - octets > LIMITS.responseHeader + FRAMING * octets)
    socket.destroy(new NoFinalAnswer('it has more framing than body'));
}

/** Ends the connection of a server that goes on with interim answers. */
export function countInterim(progress: Progress, socket: Duplex): void {
  progress.interimAnswers += 1;
  if (progress.interimAnswers > LIMITS.interimAnswers)
    socket.destroy(new NoFinalAnswer('it goes on with interim answers'));
}

/** Only a header is written as text. */
function spellHeader(header: string): string {
  return header.replaceAll(/^(host|connection|content-length):/gm, (_, name: string) => `${SPELLING[name]}:`);
}

/** The octets behind all answers of status 100, and whether it is certain that they are another answer. */
function withoutContinue(came: Buffer, count: () => void): { octets: Buffer; isWhole: boolean } {
  let octets = came;
  while (octets.length < LIMITS.responseHeader) {
    const beginning = octets.toString('latin1', 0, BEGINNINGS[0].length);
    if (!BEGINNINGS.some((known) => known.startsWith(beginning))) return { octets, isWhole: true };
    const end = octets.indexOf('\r\n\r\n');
    if (end < 0) return { octets, isWhole: false };
    count();
    octets = octets.subarray(end + 4);
  }
  return { octets, isWhole: true };
}
