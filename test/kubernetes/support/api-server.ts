import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { makeAuthority } from '../../support/ca.js';
import { keyToPem } from '../../support/keys.js';

export interface SecretObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
    readonly resourceVersion: string;
  };
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
}

interface Refusal {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

/**
 * The part of a Kubernetes API server that concerns Secrets: TLS, bearer tokens, lists in pages, merge patches with the
 * optimistic lock of resourceVersion, and Status objects for refusals.
 */
export interface ApiServer {
  readonly port: number;
  readonly ca: string;
  /** The tokens that are accepted. */
  readonly tokens: Set<string>;
  /** `verb path` of every request, and its token. */
  readonly requests: { verb: string; path: string; token: string }[];
  put(
    name: string,
    data: Readonly<Record<string, string | Uint8Array>>,
    labels?: Record<string, string>,
  ): void;
  secret(name: string): SecretObject;
  /** Called before each request is answered; returns a refusal to answer with that instead. */
  before: (verb: string, path: string) => Refusal | undefined;
}

export async function startApiServer(pageSize = Infinity): Promise<ApiServer> {
  const authority = makeAuthority();
  const certificate = authority.issue({ subject: 'localhost' });
  const secrets = new Map<string, SecretObject>();
  let version = 100;
  const server: ApiServer = {
    port: 0,
    ca: authority.root.pem + authority.intermediate.pem,
    tokens: new Set(['token-1']),
    requests: [],
    before: () => undefined,
    put(name, data, labels = {}) {
      const base64 = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
      const text = Object.fromEntries(base64) as Record<string, string>;
      const annotations = {
        'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ data: text }),
      };
      const metadata = {
        name,
        namespace: 'gateways',
        labels,
        annotations,
        resourceVersion: String((version += 1)),
      };
      secrets.set(name, { metadata, type: 'kubernetes.io/tls', data: text });
    },
    secret: (name) => secrets.get(name)!,
  };

  const answer = (request: IncomingMessage, body: string): object => {
    const url = new URL(request.url ?? '', 'https://localhost');
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const name = /^\/api\/v1\/namespaces\/gateways\/secrets\/([^/]+)$/.exec(url.pathname)?.[1];
    const verb = request.method === 'PATCH' ? 'patch' : name === undefined ? 'list' : 'get';
    server.requests.push({ verb, path: url.pathname + url.search, token });
    if (!server.tokens.has(token))
      return refusal({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
    const refused = server.before(verb, url.pathname + url.search);
    if (refused !== undefined) return refusal(refused);
    const discovered = DISCOVERY[url.pathname];
    if (discovered !== undefined) return discovered;
    if (url.pathname === '/api/v1/namespaces/gateways/secrets') return list(url.searchParams);
    const secret = name === undefined ? undefined : secrets.get(name);
    if (secret === undefined)
      return refusal({ code: 404, reason: 'NotFound', message: `secrets "${name}" not found` });
    return verb === 'patch' ? patch(secret, JSON.parse(body) as Partial<SecretObject>) : shown(secret);
  };

  const list = (query: URLSearchParams): object => {
    const [label, value] = (query.get('labelSelector') ?? '').split('=');
    const found = [...secrets.values()].filter(
      ({ metadata }) => label === '' || metadata.labels?.[label!] === value,
    );
    const from = Number(query.get('continue') ?? 0);
    const limit = Math.min(Number(query.get('limit') ?? found.length), pageSize);
    const next = from + limit < found.length ? String(from + limit) : '';
    return {
      kind: 'SecretList',
      apiVersion: 'v1',
      metadata: { resourceVersion: String(version), continue: next },
      items: found.slice(from, from + limit),
    };
  };

  const patch = (secret: SecretObject, change: Partial<SecretObject>): object => {
    const { name, resourceVersion } = secret.metadata;
    const expected = change.metadata?.resourceVersion;
    if (expected !== undefined && expected !== resourceVersion) {
      const message = `Operation cannot be fulfilled on secrets "${name}": the object has been modified`;
      return refusal({ code: 409, reason: 'Conflict', message });
    }
    const metadata = { ...secret.metadata, ...change.metadata, resourceVersion: String((version += 1)) };
    const data = { ...secret.data, ...change.data };
    secrets.set(name, { ...secret, metadata, data });
    return shown(server.secret(name));
  };

  const pem = certificate.pem + authority.intermediate.pem;
  const https = createServer({ cert: pem, key: keyToPem(certificate.key) }, (request, response) => {
    void reply(request, response, answer);
  });
  https.listen(0, '127.0.0.1');
  await once(https, 'listening');
  onTestFinished(() => {
    https.closeAllConnections();
    https.close();
  });
  return Object.assign(server, { port: (https.address() as AddressInfo).port });
}

async function reply(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (request: IncomingMessage, body: string) => object,
): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const object = answer(request, body);
  const status = 'code' in object ? Number(object.code) : 200;
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(object));
}

const refusal = (refused: Refusal) => ({ kind: 'Status', apiVersion: 'v1', status: 'Failure', ...refused });
const shown = (secret: SecretObject) => ({ kind: 'Secret', apiVersion: 'v1', ...secret });

/** The paths that kubectl asks for first. */
const DISCOVERY: Readonly<Record<string, object>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/version': { major: '1', minor: '31', gitVersion: 'v1.31.0' },
  '/api/v1': {
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: [
      {
        name: 'secrets',
        singularName: 'secret',
        namespaced: true,
        kind: 'Secret',
        verbs: ['get', 'list', 'patch'],
      },
    ],
  },
};
