import { OcspbotError } from '../errors.js';
import { isExempt } from './no-proxy.js';
import { parseProxy, type ProxyServer } from './proxy.js';

/** Which proxy there is. `environment`: the one of `http_proxy` and its like. */
export type ProxySetting =
  | { readonly kind: 'environment' }
  | { readonly kind: 'none' }
  | { readonly kind: 'server'; readonly server: ProxyServer };

export interface ProxySettings {
  readonly proxy: ProxySetting;
  /** Places that are reached without a proxy; undefined for those of `no_proxy`. */
  readonly noProxy: readonly string[] | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy for a URL, or none. Throws `proxy-failure` where a variable names one that is of no use. */
export type ProxyFor = (url: URL) => ProxyServer | undefined;

/** By the settings and, where they are silent, by the variables that curl and most programs go by. */
export function chooseProxies({ proxy, noProxy }: ProxySettings, environment: Environment): ProxyFor {
  if (proxy.kind === 'none') return () => undefined;
  const exempt = noProxy ?? [valueOf(environment, 'no_proxy', 'NO_PROXY')?.value ?? ''];
  return (url) => {
    if (isExempt(url, exempt)) return undefined;
    return proxy.kind === 'server' ? proxy.server : ofEnvironment(url, environment);
  };
}

function ofEnvironment({ protocol }: URL, environment: Environment): ProxyServer | undefined {
  const names =
    protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', ...upperCaseHttp(environment)];
  const found = valueOf(environment, ...names, 'all_proxy', 'ALL_PROXY');
  if (found === undefined) return undefined;
  const parsed = parseProxy(found.value);
  if (parsed.kind === 'usable') return parsed.proxy;
  throw new OcspbotError('proxy-failure', `the environment variable ${found.name} ${parsed.problem}`, {
    hint: 'set it or http.proxy to a proxy of HTTP, like http://proxy.example:3128; or http.proxy to none',
  });
}

/** In a CGI script it is what a client has sent as a header `Proxy` (https://httpoxy.org). */
function upperCaseHttp(environment: Environment): string[] {
  return environment['REQUEST_METHOD'] === undefined ? ['HTTP_PROXY'] : [];
}

function valueOf(environment: Environment, ...names: string[]): { name: string; value: string } | undefined {
  const name = names.find((one) => (environment[one] ?? '').trim() !== '');
  return name === undefined ? undefined : { name, value: (environment[name] ?? '').trim() };
}
