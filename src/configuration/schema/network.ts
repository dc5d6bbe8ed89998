import { isMap } from 'yaml';
import { parseProxy, type ProxySetting } from '../../http/proxy.js';
import type { SocketAddress, TlsServer } from '../../system/system.js';
import {
  ADDRESS_PATTERN,
  HOST_PORT_PATTERN,
  type HostPort,
  isAddress,
  parseHostPort,
  serverNameOf,
  toServerName,
} from '../../util/host-port.js';
import { quote, SAFE, unsafeCharacter, withoutTrailing } from '../../util/text.js';
import type { PingUrls, ResponderRule } from '../model.js';
import { didYouMean } from '../../util/nearest.js';
import { text, textMatching } from './scalars.js';
import { type Schema, type Located, report, reportSecret, scalarOf, type Value } from './value.js';

const HOST_PORT = 'HOST:PORT';

export const hostPort: Schema<HostPort> = {
  expected: HOST_PORT,
  read(value) {
    const written = text(this.expected).read(value);
    if (written === undefined) return undefined;
    return parseHostPort(written) ?? mistaken(value, this.expected, written);
  },
  jsonSchema: () => ({ type: 'string', pattern: `^(?=${SAFE}+$)${HOST_PORT_PATTERN}$` }),
};

/** The server name that is sent to a TLS server (SNI, RFC 6066 §3). */
export const serverName: Schema<string> = {
  expected: 'a host name',
  read(value) {
    const written = text(this.expected).read(value);
    return written !== undefined && isAddress(written) ? mistaken(value, this.expected, written) : written;
  },
  jsonSchema: () => textMatching(`^(?!${ADDRESS_PATTERN})${SAFE}+$`),
};

/** The path of a unix socket, or HOST:PORT. A relative path stays as written. */
export const socketAddress: Schema<SocketAddress> = {
  expected: `the path of a socket or ${HOST_PORT}`,
  read(value) {
    const written = text(this.expected).read(value);
    if (written === undefined) return undefined;
    const peer = parseHostPort(written);
    if (peer !== undefined) return { kind: 'tcp', ...peer };
    return written.includes('/') ? { kind: 'unix', path: written } : mistaken(value, this.expected, written);
  },
  jsonSchema: () => ({ type: 'string', pattern: `^(?=${SAFE}+$)(?:${HOST_PORT_PATTERN}$|.*/)` }),
};

/** A TLS server that is written as a mapping. */
export interface LiveSection {
  readonly address?: Located<HostPort>;
  readonly servername?: Located<string>;
  readonly starttls?: Located<'smtp'>;
}

/** HOST:PORT, or a mapping with further keys. */
export function tlsServer(mapping: Schema<LiveSection>): Schema<TlsServer> {
  const read = (value: Value): TlsServer | undefined => {
    if (!isMap(value.node)) return serverAt(hostPort.read(value), {});
    const section = mapping.read(value) ?? {};
    return serverAt(section.address?.value, section);
  };
  return {
    expected: `${HOST_PORT}, or a mapping with "address"`,
    read,
    jsonSchema: (describe) => ({ anyOf: [hostPort.jsonSchema(describe), mapping.jsonSchema(describe)] }),
  };
}

function serverAt(
  address: HostPort | undefined,
  { servername, starttls }: LiveSection,
): TlsServer | undefined {
  if (address === undefined) return undefined;
  const name = servername === undefined ? serverNameOf(address.host) : toServerName(servername.value);
  return { ...address, servername: name, starttls: starttls?.value };
}

function mistaken(value: Value, expected: string, written: string): undefined {
  return report(
    value,
    `${value.label} must be ${expected}, but is ${quote(written)}`,
    `write for example: ${value.example}`,
  );
}

/** `environment`, `none`, or the URL of a proxy. Messages never repeat the URL: it may contain a password. */
export const proxySetting: Schema<ProxySetting> = {
  expected: '"environment", "none" or the URL of a proxy',
  read(value) {
    const scalar = scalarOf(value.node);
    const written = scalar?.type === 'text' ? scalar.text : '';
    if (written === 'environment' || written === 'none') return { kind: written };
    if (!written.includes('://'))
      return refuse(value, `must be ${this.expected}`, didYouMean(written, WORDS));
    const parsed = parseProxy(written);
    if (parsed.kind === 'unusable') return refuse(value, parsed.problem);
    return { kind: 'server', server: parsed.proxy };
  },
  jsonSchema: () => ({
    type: 'string',
    pattern: '^(?:environment|none|[hH][tT][tT][pP][sS]?://[^/?#]+(?:[/?#][^@]*)?)$',
  }),
};

const WORDS = ['environment', 'none'];

function refuse(value: Value, problem: string, advice?: string): undefined {
  const example = `write for example: ${value.example} (user:password@ before the host, with % codes for / : @)`;
  return report(value, `${value.label} ${problem}`, advice ?? example);
}

/** The http or https URL of a responder. */
export const responderUrl: Schema<string> = {
  expected: 'a URL',
  read(value) {
    const url = text(this.expected).read(value);
    return url === undefined ? undefined : readUrl(url, value, 'write for example: http://ocsp.example.com');
  },
  jsonSchema: () => ({ type: 'string', pattern: `^${URL_PATTERN}$` }),
};

/** The URL of a service that is told of runs. Messages never repeat it: its path may be a secret. */
export const secretUrl: Schema<string> = {
  expected: 'an http or https URL',
  read(value) {
    const scalar = scalarOf(value.node);
    const written = scalar?.type === 'text' ? scalar.text : '';
    if (isHttpUrl(written)) return written;
    return reportSecret(
      value,
      `${value.label} is not ${this.expected}`,
      `write for example: ${value.example}`,
    );
  },
  jsonSchema: () => ({ type: 'string', pattern: '^[hH][tT][tT][pP][sS]?://[^/?#\\\\].*$' }),
};

function isHttpUrl(text: string): boolean {
  // URL reads a missing host from the path, which messages would then show.
  return unsafeCharacter(text) === undefined && /^https?:\/\/[^/?#\\]/i.test(text) && URL.canParse(text);
}

/** The URLs of a dead man's switch that are written as a mapping. */
export interface PingSection {
  readonly start?: Located<string>;
  readonly success?: Located<string>;
  readonly attention?: Located<string>;
}

/** A URL, to which the paths of healthchecks.io are added, or a mapping with a URL for each occasion. */
export function pingUrls(mapping: Schema<PingSection>): Schema<PingUrls> {
  return {
    expected: `${secretUrl.expected}, or a mapping with "start", "success" and "attention"`,
    read(value) {
      if (isMap(value.node)) {
        const { start, success, attention } = mapping.read(value) ?? {};
        return { start: start?.value, success: success?.value, attention: attention?.value };
      }
      const url = secretUrl.read(value);
      if (url === undefined) return undefined;
      return { start: withPath(url, 'start'), success: url, attention: withPath(url, 'fail') };
    },
    jsonSchema: (describe) => ({ anyOf: [secretUrl.jsonSchema(describe), mapping.jsonSchema(describe)] }),
  };
}

function withPath(text: string, last: string): string {
  const url = new URL(text);
  url.pathname = `${withoutTrailing(url.pathname, '/')}/${last}`;
  return url.href;
}

/** A URL, or `certificate` for the URLs that the certificate itself names. */
export const responderRule: Schema<ResponderRule> = {
  expected: 'a URL or "certificate"',
  read(value) {
    const written = text(this.expected).read(value);
    if (written === undefined) return undefined;
    if (written === 'certificate') return { kind: 'certificate' };
    const url = readUrl(written, value, 'write for example: http://ocsp.example.com, or: certificate');
    return url === undefined ? undefined : { kind: 'url', url };
  },
  jsonSchema: () => ({ type: 'string', pattern: `^(?:certificate|${URL_PATTERN})$` }),
};

/** Matches an http or https URL without a user name or password. */
const URL_PATTERN = `(?=${SAFE}+$) *[hH][tT][tT][pP][sS]?:(?![/\\\\]*[^/?#\\\\]*@).*[^/\\\\ ].*`;

function readUrl(url: string, value: Value, hint: string): string | undefined {
  if (!isHttpUrl(url)) return report(value, `${quote(url)} is not an http or https URL`, hint);
  const { username, password } = new URL(url);
  if (username === '' && password === '') return url;
  return report(value, `${value.label} has a user name or password in it`, 'remove them: they are not sent');
}
