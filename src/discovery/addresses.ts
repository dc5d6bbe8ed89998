import { parseHostPort } from '../util/host-port.js';
import type { Listener } from './model.js';

/** Returns how a program on this machine reaches a listening address such as `*:443`, `:443`, `[::]:443`, or the first of `:443-445`. */
export function localListener(address: string): Listener | undefined {
  const [, host = '', port = ''] = /^(.*):(\d{1,5})(?:-\d{1,5})?$/s.exec(address) ?? [];
  const local = ['', '*', '0.0.0.0'].includes(host)
    ? '127.0.0.1'
    : ['[::]', '::'].includes(host)
      ? '[::1]'
      : host;
  const parsed = parseHostPort(`${local}:${port}`);
  return parsed && { host: parsed.host, port: parsed.port, starttls: undefined };
}
