import type { Progress } from './http-progress.js';
import type { FailureKind } from './http-error-kinds.js';

/** What to do about a failure. */
export function hintFor(kind: Exclude<FailureKind, 'unknown'>, progress: Progress): string {
  const isProxy = progress.proxy !== undefined && !progress.isPastProxy;
  switch (kind) {
    case 'dns':
      return isProxy
        ? 'check http.proxy or the variables for proxies in the environment, and the name servers of this machine'
        : 'check the host name in the URL, and the name servers of this machine; where only a proxy knows it, set http.proxy';
    case 'tls':
      return 'if its certificate is of a private CA, name the file of that in http.ca_file; OCSP is as safe over plain http';
    case 'connection':
      return isProxy
        ? 'check that the proxy is running; http.proxy, or the environment, says which'
        : 'check that the responder is running, and that no firewall keeps this machine from it; where a proxy is needed, set http.proxy';
    case 'time-is-up':
    case 'connect-timeout':
      return 'it is slow or out of reach; http.timeout and http.connect_timeout set how long to wait, http.proxy a way around';
    case 'body-too-large':
      return 'check the URL: an OCSP response has a few thousand octets; http.max_response_size sets the limit';
    case 'header-too-large':
    case 'malformed':
      return 'check that the URL is that of an OCSP responder; if it is, tell its operator';
  }
}
