import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { planRequest } from '../../src/client/request.js';
import { parseHttpUrl } from '../../src/client/responder-url.js';
import { curlLine, type CurlSettings } from '../../src/client/trace.js';
import { parseProxy, type ProxyServer } from '../../src/http/proxy.js';
import type { HttpLimits, HttpRequest } from '../../src/http/types.js';
import { openHttp } from '../../src/system/http/client.js';
import { makeAuthority } from '../support/ca.js';
import { startProxy } from '../support/proxy.js';
import { httpResponse, RawServer } from '../support/raw-server.js';
import { requireProgram } from '../support/require.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { startTlsFront } from '../support/tls-front.js';

const LIMITS: HttpLimits = { timeout: 15_000, connectTimeout: 5000, maxBody: 1000 };
const DIRECT: CurlSettings = { proxy: undefined, caFile: undefined };
const BODY = Buffer.from([0x30, 0x03, 0x0a, 0x01, 0x00]);

let server: RawServer;
const open: { close(): Promise<void> }[] = [];

beforeEach(async (context) => {
  requireProgram('curl', 'curl', context);
  server = await RawServer.start((socket) => socket.write(httpResponse(200, {}, BODY)));
  open.push(server);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

/** Asks as a run asks a responder whose URL is in a certificate. */
function plan(
  url: string,
  method: 'get' | 'post',
  der = Uint8Array.of(0xfb, 0xff, 0xbf, 0xfb, 0),
): HttpRequest {
  const parsed = parseHttpUrl(url);
  if (parsed.kind === 'unusable') throw new Error(parsed.problem);
  const attempt = { responder: parsed.url, form: { method, hash: 'sha1' }, caches: 'used' } as const;
  return planRequest({ attempt, der, validators: undefined, userAgent: 'ocspbot/0' });
}

/** Pasted into a shell, in an environment full of proxies that do not exist. */
async function paste(line: string, shell: string, sandbox: Sandbox): Promise<void> {
  const nowhere = 'http://127.0.0.1:1';
  const env = {
    ...process.env,
    http_proxy: nowhere,
    https_proxy: nowhere,
    all_proxy: nowhere,
    no_proxy: 'localhost',
  };
  // Not in step with this process: the server lives in it.
  await promisify(execFile)(shell, ['-c', line], { cwd: sandbox.folder, env });
}

interface Asked {
  readonly line: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

function asked({ head, body }: { head: string; body: Buffer }): Asked {
  const [line = '', ...rest] = head.split('\r\n');
  const headers = Object.fromEntries(rest.map((one) => one.toLowerCase().split(': ') as [string, string]));
  delete headers['connection'];
  delete headers['proxy-connection'];
  return { line, headers, body };
}

/** The request by our own client, and by the line for it: they are the same, and so are the answers. */
async function expectSame(
  request: HttpRequest,
  settings: CurlSettings,
  shell: string,
  edit = (line: string) => line,
) {
  const sandbox = makeSandbox();
  const http = openHttp({ connectionsPerHost: 1, proxyFor: () => settings.proxy, caFile: settings.caFile });
  open.push(http);
  await http.exchange(request, LIMITS);
  await paste(edit(curlLine(request, LIMITS, settings)), shell, sandbox);
  const [ours, its] = server.requests.map(asked);
  expect(server.requests).toHaveLength(2);
  expect(its).toEqual(ours);
  expect(Buffer.from(sandbox.read('answer.der'))).toEqual(BODY);
  expect(sandbox.list()).toEqual(['answer.der']);
}

describe.each(['sh', 'bash'])('a line pasted into %s asks the same as we', (shell) => {
  test.each(['get', 'post'] as const)('by %s', async (method) => {
    await expectSame(plan(`${server.url}ocsp`, method), DIRECT, shell);
  });

  test.each([
    `a'b"c`,
    '$(touch owned)`touch owned`',
    '"; touch owned; "',
    `'; touch owned; '`,
    '|touch owned&touch owned',
    '!!^a^b',
    '[1-3]{a,b}',
    '\\$HOME~*?x=*',
    'a b\nc\td',
    '%00%0a%27',
    'ü€\u202e',
    'a/../../b/./c//d',
    '-o owned',
  ])('whatever the URL of a certificate has in it: %j', async (path) => {
    await expectSame(plan(`${server.url}${path}`, 'post'), DIRECT, shell);
  });

  test('also where it is a query', async () => {
    await expectSame(plan(`${server.url}?a='$(touch owned)'&b=[1-2]`, 'post'), DIRECT, shell);
  });
});

describe('by the same way', () => {
  test('a proxy, whose credentials are to be filled in', async () => {
    const proxy = await startProxy({ credentials: 'me:s3cret' });
    open.push(proxy);
    const settings = { ...DIRECT, proxy: proxyAt(proxy.url.replace('://', '://me:s3cret@')) };
    const line = curlLine(plan(server.url, 'get'), LIMITS, settings);
    expect(line).not.toMatch(/s3cret|bWU6/);
    await expectSame(plan(server.url, 'get'), settings, 'sh', (one) =>
      one.replace('USER:PASSWORD', 'me:s3cret'),
    );
    expect(proxy.requests.map(({ target }) => target)).toEqual(Array(2).fill(plan(server.url, 'get').url));
  });

  test('TLS, with the CA file of the configuration, also to the proxy', async () => {
    const authority = makeAuthority();
    const certificate = authority.issue({ subject: 'localhost' });
    const caFile = makeSandbox().write('with space/ca.pem', authority.root.pem);
    const proxy = await startProxy();
    const [front, proxyFront] = [
      await startTlsFront(server.port, certificate),
      await startTlsFront(proxy.port, certificate),
    ];
    open.push(proxy, front, proxyFront);
    await expectSame(plan(front.url, 'post'), { proxy: undefined, caFile }, 'sh');
    server.requests.length = 0;
    await expectSame(plan(front.url, 'get'), { proxy: proxyAt(proxyFront.url), caFile }, 'bash');
    expect(proxy.requests.map(({ method }) => method)).toEqual(['CONNECT', 'CONNECT']);
  });

  function proxyAt(url: string): ProxyServer {
    const parsed = parseProxy(url);
    if (parsed.kind === 'unusable') throw new Error(parsed.problem);
    return parsed.proxy;
  }
});
