import { OcspbotError } from '../util/errors.js';
import { addressOctets, isInNetwork, parseNetwork } from './special-networks.js';

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

/** A server that passes requests on. */
export interface ProxyServer {
  readonly scheme: 'http' | 'https';
  /** A name or an address, without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Value of Proxy-Authorization (RFC 7617). A secret: it is in no message. */
  readonly authorization: string | undefined;
}

export type ParsedProxy =
  | { readonly kind: 'usable'; readonly proxy: ProxyServer }
  /** Says what is wrong without saying what was written: there may be a password in it. */
  | { readonly kind: 'unusable'; readonly problem: string };

/** Reads `http://user:password@proxy.example:3128`; what must not stand bare in a URL is percent-encoded. */
export function parseProxy(text: string): ParsedProxy {
  const written = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(written)) return { kind: 'unusable', problem: 'is no URL' };
  const url = new URL(written);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return {
      kind: 'unusable',
      problem: `names a proxy of the kind ${url.protocol.slice(0, -1)}, only http and https will do`,
    };
  }
  const scheme = url.protocol === 'http:' ? 'http' : 'https';
  const port = url.port === '' ? (scheme === 'http' ? 80 : 443) : Number(url.port);
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { kind: 'usable', proxy: { scheme, hostname, port, authorization: basic(url) } };
}

function basic({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const credentials = `${decoded(username)}:${decoded(password)}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

/** A bare % that begins no octet is one that somebody did not encode. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Without its secrets, for people and for curl. */
export function proxyUrl({ scheme, hostname, port }: ProxyServer): string {
  return `${scheme}://${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
}

/**
 * Whether a list like that of `no_proxy` has a place that is to be reached without a proxy: `*`, a domain with all
 * below it (with or without a dot before it), an address or a network of addresses; all with or without a port.
 */
export function isExempt({ hostname, port, protocol }: URL, list: readonly string[]): boolean {
  const host = withoutBrackets(hostname).replace(/\.$/, '');
  const portOfUrl = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return list
    .flatMap((item) => item.split(/[\s,]+/))
    .some((item) => {
      const { place, port: onlyPort } = splitPort(item.toLowerCase());
      return (onlyPort === undefined || onlyPort === portOfUrl) && isAt(host, place);
    });
}

function isAt(host: string, place: string): boolean {
  if (place === '*') return true;
  const address = addressOctets(host);
  const network = parseNetwork(place);
  if (address !== undefined && network !== undefined) return isInNetwork(address, network);
  const domain = place.replace(/^\*?\./, '').replace(/\.$/, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

/** An IPv6 address has colons of its own: with a port it is in brackets. */
function splitPort(item: string): { place: string; port: string | undefined } {
  const [, place, port] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(item) ?? [];
  return { place: withoutBrackets(place ?? item), port };
}

function withoutBrackets(text: string): string {
  return text.replace(/^\[(.*)\]$/, '$1');
}
