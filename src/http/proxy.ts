import { OcspbotError } from '../util/errors.js';
import { formatHostPort, portOf, withoutBrackets } from '../util/host-port.js';
import { addressBytes, isInNetwork, parseNetwork } from './network.js';

/** The configured proxy. `environment`: the one of `http_proxy` and similar variables. */
export type ProxySetting =
  | { readonly kind: 'environment' }
  | { readonly kind: 'none' }
  | { readonly kind: 'server'; readonly server: ProxyServer };

export interface ProxySettings {
  readonly proxy: ProxySetting;
  /** Hosts and networks that are reached without a proxy; undefined for those of `no_proxy`. */
  readonly noProxy: readonly string[] | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns the proxy for a URL, or undefined. Throws `proxy-failure` if an environment variable names an unusable one.
 */
export type ProxyFor = (url: URL) => ProxyServer | undefined;

/** Chooses proxies by the settings, and by the environment variables that curl and most programs know. */
export function chooseProxies({ proxy, noProxy }: ProxySettings, environment: Environment): ProxyFor {
  if (proxy.kind === 'none') return () => undefined;
  const exempt = noProxy ?? [firstVariable(environment, 'no_proxy', 'NO_PROXY')?.value ?? ''];
  return (url) => {
    if (isExempt(url, exempt)) return undefined;
    return proxy.kind === 'server' ? proxy.server : proxyFromEnvironment(url, environment);
  };
}

function proxyFromEnvironment({ protocol }: URL, environment: Environment): ProxyServer | undefined {
  const names =
    protocol === 'https:'
      ? ['https_proxy', 'HTTPS_PROXY']
      : ['http_proxy', ...upperCaseHttpProxy(environment)];
  const found = firstVariable(environment, ...names, 'all_proxy', 'ALL_PROXY');
  if (found === undefined) return undefined;
  const parsed = parseProxy(found.value);
  if (parsed.kind === 'usable') return parsed.proxy;
  throw new OcspbotError('proxy-failure', `the environment variable ${found.name} ${parsed.problem}`, {
    hint: 'set it or http.proxy to a proxy of HTTP, like http://proxy.example:3128; or http.proxy to none',
  });
}

/** Returns no name in a CGI script, where HTTP_PROXY is a client's header `Proxy` (https://httpoxy.org). */
function upperCaseHttpProxy(environment: Environment): string[] {
  return environment['REQUEST_METHOD'] === undefined ? ['HTTP_PROXY'] : [];
}

function firstVariable(
  environment: Environment,
  ...names: string[]
): { name: string; value: string } | undefined {
  const name = names.find((one) => (environment[one] ?? '').trim() !== '');
  return name === undefined ? undefined : { name, value: (environment[name] ?? '').trim() };
}

/** A proxy server. */
export interface ProxyServer {
  readonly scheme: 'http' | 'https';
  /** A name or an address, without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** The value of Proxy-Authorization (RFC 7617). It is secret: no message shows it. */
  readonly authorization: string | undefined;
}

export type ParsedProxy =
  | { readonly kind: 'usable'; readonly proxy: ProxyServer }
  /** `problem` does not quote the text, because it may contain a password. */
  | { readonly kind: 'unusable'; readonly problem: string };

/** Reads `http://user:password@proxy.example:3128`, with percent-encoding as in any URL. */
export function parseProxy(text: string): ParsedProxy {
  const written = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(written)) return { kind: 'unusable', problem: 'is not a URL' };
  const url = new URL(written);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return {
      kind: 'unusable',
      problem: `names a proxy of the kind ${url.protocol.slice(0, -1)}, only http and https will do`,
    };
  }
  if (hasMisplacedAt(url)) {
    const problem = 'has a /, ? or # in its user name or password: write %2F, %3F or %23';
    return { kind: 'unusable', problem };
  }
  const scheme = url.protocol === 'http:' ? 'http' : 'https';
  const hostname = withoutBrackets(url.hostname);
  const proxy = { scheme, hostname, port: portOf(url), authorization: basicAuthorization(url) } as const;
  return { kind: 'usable', proxy };
}

/**
 * Reports whether the @ before the host stands after it, because a password was not encoded: a part of it would be taken for
 * the host, and looked up and told.
 */
function hasMisplacedAt({ pathname, search, hash }: URL): boolean {
  return `${pathname}${search}${hash}`.includes('@');
}

/** Returns the header value for the user and password of a URL (RFC 7617); undefined if it has none. */
export function basicAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const credentials = `${decodePercent(username)}:${decodePercent(password)}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

/** Decodes percent-encoding. A text with an invalid % is taken as it is: somebody did not encode it. */
function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Formats the URL of a proxy without its secrets, for people and for curl. */
export function proxyUrl({ scheme, hostname, port }: ProxyServer): string {
  return `${scheme}://${formatHostPort({ host: hostname, port })}`;
}

/**
 * Reports whether a URL is reached without a proxy because of a list like `no_proxy`. Its items are `*`, a domain,
 * which includes its subdomains (with or without a dot before it), an address or a network; each with or without a
 * port.
 */
export function isExempt(url: URL, list: readonly string[]): boolean {
  const host = withoutBrackets(url.hostname).replace(/\.$/, '');
  return list
    .flatMap((item) => item.split(/[\s,]+/))
    .some((item) => {
      const { place, port } = splitPort(item.toLowerCase());
      return (port === undefined || port === String(portOf(url))) && isInPlace(host, place);
    });
}

function isInPlace(host: string, place: string): boolean {
  if (place === '*') return true;
  const address = addressBytes(host);
  const network = parseNetwork(place);
  if (address !== undefined && network !== undefined) return isInNetwork(address, network);
  const domain = place.replace(/^\*?\./, '').replace(/\.$/, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

/** Splits off the port. An IPv6 address with a port is in brackets, because it has colons itself. */
function splitPort(item: string): { place: string; port: string | undefined } {
  const [, place, port] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(item) ?? [];
  return { place: withoutBrackets(place ?? item), port };
}
