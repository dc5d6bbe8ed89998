import type { Listener } from '../model.js';
import { localListener } from '../addresses.js';

/** The address of a `listen` directive. */
export interface ListenAddress {
  /** The address as it is compared: two servers with one address have one socket, with TLS for both or neither. */
  readonly key: string;
  readonly isTls: boolean;
  /** Each connection begins with a header of the PROXY protocol. */
  readonly isProxied: boolean;
  /** undefined if nobody connects to it by TCP, name and port. */
  readonly listener: Listener | undefined;
}

/** Returns the keys of the sockets that have a property in one of the servers: it holds for all of them. */
export function socketsWith(
  property: 'isTls' | 'isProxied',
  servers: readonly { readonly listen: readonly ListenAddress[] }[],
): Set<string> {
  return new Set(
    servers.flatMap(({ listen }) => listen.filter((one) => one[property]).map(({ key }) => key)),
  );
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
  const key = full.replace(/^0\.0\.0\.0:/, '*:').replace(/^localhost:/, '127.0.0.1:');
  const isReachable = !address.startsWith('unix:') && !options.includes('quic');
  return {
    key,
    isTls: tls,
    isProxied: options.includes('proxy_protocol'),
    listener: isReachable ? localListener(full) : undefined,
  };
}
