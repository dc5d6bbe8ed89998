import { LIMITS } from '../defaults.js';
import { shownPeer } from '../network/shown-peer.js';
import { printable } from '../text/printable.js';
import { SECOND, type Duration } from '../time/duration.js';
import { NoFinalAnswer, type Progress } from './http-progress.js';

/** Whom we speak to: host and port, and what is known beyond them. */
export function peerOf(url: string, { proxy, address, isPastProxy }: Progress): string {
  if (proxy !== undefined && !isPastProxy)
    return `the proxy ${proxy}${shownPeer(proxy, { address, proxy: undefined })}`;
  const { hostname, port, protocol } = new URL(url);
  const host = `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`;
  return host + shownPeer(url, { address, proxy });
}

/** The words of Node, which name the addresses tried; of several attempts those of each. */
export function detail(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map((each) => (each as Error).message).join(', ');
  const { code = '', reason } = error as { code?: string; reason?: string };
  // OpenSSL's own words are in the midst of numbers and file names.
  return /^(ERR_SSL_|EPROTO)/.test(code) && reason !== undefined ? reason : error.message;
}

export function seconds(duration: Duration): string {
  return `${duration / SECOND} s`;
}

export function octetsOf({ octets, announced }: Progress): string {
  return announced === undefined ? `${octets} octets` : `${octets} of ${announced} octets`;
}

/** What is known of an answer that was not read to its end. */
export function answered({ status, chunks }: Progress): string {
  if (status === undefined) return '';
  if (chunks.length === 0) return `; its status is ${status}`;
  return `; its status is ${status}, and the body begins with "${printable(Buffer.concat(chunks), LIMITS.quotedBody)}"`;
}

/** The octets that could not be read. */
export function quotePacket(error: Error): string {
  const packet = error instanceof NoFinalAnswer ? error.packet : undefined;
  return packet === undefined ? '' : ` in "${printable(packet, LIMITS.quotedBody)}"`;
}
