import type { Listener } from '../model.js';
import { localListener } from '../addresses.js';

/** The address of a `listen` directive. */
export interface ListenAddress {
  /** The address as it is compared: two servers with one address have one socket, with TLS for both or neither. */
  readonly key: string;
  readonly isTls: boolean;
  /** undefined if it cannot be connected to by name and port. */
  readonly listener: Listener | undefined;
}

export function isTls({ isTls }: ListenAddress): boolean {
  return isTls;
}

/** Reads the arguments of `listen`. `isOn`: the server has `ssl on`, which old versions know. */
export function readListen(args: readonly string[], isOn: boolean): ListenAddress {
  const [address = '', ...options] = args;
  const tls = isOn || options.includes('ssl') || options.includes('quic');
  const full = /^\d+(?:-\d+)?$/.test(address)
    ? `*:${address}`
    : /:\d+(?:-\d+)?$/.test(address)
      ? address
      : `${address}:80`;
  // A client needs TCP, and no header of the PROXY protocol.
  const isReachable =
    !address.startsWith('unix:') && !options.includes('quic') && !options.includes('proxy_protocol');
  return { key: full, isTls: tls, listener: isReachable ? localListener(full) : undefined };
}
