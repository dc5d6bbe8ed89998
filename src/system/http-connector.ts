import type { Socket } from 'node:net';
import { buildConnector, errors } from 'undici';
import type { Duration } from '../time/duration.js';

/** Addresses of a host that get their turn within the connect timeout. */
const ADDRESSES = 4;

/**
 * Makes TCP and TLS connections, each known in `sockets` as long as it is open. The time limit includes the look-up of
 * the name and the TLS handshake; undici's own is half a second late by design.
 */
export function makeConnector(timeout: Duration, sockets: Set<Socket>): buildConnector.connector {
  const connect = buildConnector({
    timeout: 0,
    allowH2: false,
    autoSelectFamily: true,
    // Node's 250 ms cut off slow links: https://github.com/nodejs/node/issues/54359
    autoSelectFamilyAttemptTimeout: Math.max(10, Math.ceil(timeout / ADDRESSES)),
  }) as (...args: Parameters<buildConnector.connector>) => Socket;
  return (target, callback) => {
    const socket = connect(target, (...result) => {
      clearTimeout(timer);
      callback(...result);
    });
    const timer = setTimeout(
      () => socket.destroy(new errors.ConnectTimeoutError('connect timeout')),
      timeout,
    );
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
}
