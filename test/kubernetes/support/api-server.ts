import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { makeAuthority } from '../../support/ca.js';
import { ia5, implicit, octets, seq } from '../../support/der.js';
import { extension } from '../../support/extensions.js';
import { keyToPem } from '../../support/keys.js';
import { DISCOVERY } from './discovery.js';
import { type NewSecret, notFound, type Refusal, type SecretObject } from './secret-store.js';
import { SecretStore, shown, statusOf } from './secret-store.js';

/** An answer that no API server gives: the test writes it itself. */
export type OddAnswer = (response: ServerResponse) => void;

/** An answer in place of the usual one; undefined leaves that. */
export type Answer = Refusal | OddAnswer | undefined;

export interface ApiServerOptions {
  /** The most Secrets of a page, whatever the client asks for. */
  readonly pageSize?: number;
  /** The address to listen on: 127.0.0.1 or ::1. */
  readonly address?: string;
}

/**
 * The part of a Kubernetes API server that concerns Secrets: TLS, bearer tokens, lists in pages, selectors, merge patches
 * with the optimistic lock of resourceVersion, and Status objects for refusals.
 */
export interface ApiServer {
  readonly port: number;
  readonly ca: string;
  readonly store: SecretStore;
  /** The tokens that are accepted. */
  readonly tokens: Set<string>;
  /** `verb path` of every request, and its token. */
  readonly requests: { verb: string; path: string; token: string }[];
  put(name: string, secret: NewSecret): void;
  secret(name: string, namespace?: string): SecretObject;
  /** Called before each request is answered; returns a refusal, or another answer, to answer with that instead. */
  before: (verb: string, path: string) => Answer;
}

export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  const { pageSize = Infinity, address = '127.0.0.1' } = options;
  const authority = makeAuthority();
  const certificate = authority.issue({ subject: 'localhost', extraExtensions: [LOCAL] });
  const store = new SecretStore();
  const server: ApiServer = {
    port: 0,
    ca: authority.root.pem + authority.intermediate.pem,
    store,
    tokens: new Set(['token-1']),
    requests: [],
    before: () => undefined,
    put: (name, secret) => store.put(name, secret),
    secret: (name, namespace) => store.get(name, namespace)!,
  };
  const answer = (request: IncomingMessage, body: string): object | OddAnswer => {
    const { pathname, search, searchParams } = new URL(request.url ?? '', 'https://localhost');
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const { namespace, name } = placeIn(pathname);
    const verb = request.method === 'PATCH' ? 'patch' : name === undefined ? 'list' : 'get';
    server.requests.push({ verb, path: pathname + search, token });
    if (!server.tokens.has(token)) return UNAUTHORIZED;
    const other = server.before(verb, pathname + search);
    if (other !== undefined) return other;
    const discovered = DISCOVERY[pathname];
    if (discovered !== undefined) return discovered;
    if (/^\/api\/v1\/(?:namespaces\/[^/]+\/)?secrets$/.test(pathname))
      return store.list(namespace, searchParams, pageSize);
    if (name === undefined || namespace === undefined) return notFound(pathname);
    const secret = store.get(name, namespace);
    if (secret === undefined) return notFound(name);
    return verb === 'patch' ? store.patch(name, namespace, JSON.parse(body) as object) : shown(secret);
  };

  const pem = certificate.pem + authority.intermediate.pem;
  const https = createServer({ cert: pem, key: keyToPem(certificate.key) }, (request, response) => {
    void reply(request, response, answer);
  });
  https.listen(0, address);
  await once(https, 'listening');
  onTestFinished(() => {
    https.closeAllConnections();
    https.close();
  });
  return Object.assign(server, { port: (https.address() as AddressInfo).port });
}

/** A certificate for `localhost` and `::1`. */
const LOCAL = extension(
  '2.5.29.17',
  seq(implicit(2, ia5('localhost')), implicit(7, octets(new Uint8Array(16).fill(1, 15)))),
);

const UNAUTHORIZED: Refusal = { code: 401, reason: 'Unauthorized', message: 'Unauthorized' };

function placeIn(path: string): { namespace?: string | undefined; name?: string | undefined } {
  const [, namespace, name] = /^\/api\/v1\/namespaces\/([^/]+)\/secrets(?:\/([^/]+))?$/.exec(path) ?? [];
  return { namespace, name };
}

async function reply(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (request: IncomingMessage, body: string) => object | OddAnswer,
): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const given = answer(request, body);
  if (typeof given === 'function') return (given as OddAnswer)(response);
  const refusal = 'code' in given && 'message' in given ? (given as Refusal) : undefined;
  const headers = { 'Content-Type': 'application/json', ...refusal?.headers };
  response.writeHead(refusal?.code ?? 200, headers);
  response.end(JSON.stringify(refusal === undefined ? given : statusOf(refusal)));
}
