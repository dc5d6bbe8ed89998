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
