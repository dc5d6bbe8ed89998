import { proxyUrl, type ProxyServer } from '../network/proxy.js';
import type { HttpLimits, HttpRequest } from '../system/interfaces/http.js';
import { shownCommand } from '../text/command.js';
import { SECOND } from '../time/duration.js';

export interface CurlSettings {
  readonly proxy: ProxyServer | undefined;
  readonly caFile: string | undefined;
}

/** A line for a shell that sends the same request by the same way. Instead of a proxy's credentials it has USER:PASSWORD. */
export function curlLine(request: HttpRequest, limits: HttpLimits, settings: CurlSettings): string {
  const { url, headers, body } = request;
  const line = shownCommand([
    'curl',
    '-v',
    ...['-o', 'answer.der'],
    '-g',
    ...['-m', String(Math.ceil(limits.timeout / SECOND))],
    ...wayOf(settings),
    ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    ...(body === undefined ? [] : ['--data-binary', '@-']),
    url,
  ]);
  if (body === undefined) return line;
  return `printf %s ${shownCommand([Buffer.from(body).toString('base64')])} | base64 -d | ${line}`;
}

function wayOf({ proxy, caFile }: CurlSettings): string[] {
  const trust = caFile === undefined ? [] : ['--cacert', caFile];
  // Whatever the environment says where the line is pasted.
  if (proxy === undefined) return ['--noproxy', '*', ...trust];
  const credentials = proxy.authorization === undefined ? [] : ['-U', 'USER:PASSWORD'];
  const proxyTrust = caFile === undefined || proxy.scheme === 'http' ? [] : ['--proxy-cacert', caFile];
  return ['--noproxy', '', '-x', proxyUrl(proxy), ...credentials, ...trust, ...proxyTrust];
}
