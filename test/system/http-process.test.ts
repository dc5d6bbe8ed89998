import { execFile, execFileSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openHttp } from '../../src/system/http/client.js';
import { until } from '../command/support/child.js';
import { RawServer } from '../support/raw-server.js';

/** Longer than a test may take. */
const LIMITS = { timeout: 900_000, connectTimeout: 900_000, maxBody: 1000 };

let folder: string;
let secure: Server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ocspbot-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key];
  execFileSync('openssl', ['req', '-x509', '-days', '2', ...newKey, ...subject, '-out', cert], {
    stdio: 'pipe',
  });
  secure = createHttpsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) =>
    response.end('x'),
  );
  await listen(secure);
  buildSync({
    entryPoints: [join(import.meta.dirname, '../../src/system/http/client.ts')],
    outfile: join(folder, 'http.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
});

afterAll(async () => {
  await end(secure);
  rmSync(folder, { recursive: true });
});

async function listen(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}

async function end(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

function port(server: Server): number {
  return (server.address() as AddressInfo).port;
}

describe('TLS', () => {
  const exchange = async (url: string) => {
    const http = openHttp({ connectionsPerHost: 1 });
    const error = await http
      .exchange({ method: 'GET', url, headers: {} }, LIMITS)
      .catch((thrown: unknown) => thrown);
    await http.close();
    return error as { code?: string; message?: string };
  };

  test('a certificate of nobody we know', async () => {
    const error = await exchange(`https://localhost:${port(secure)}/`);
    expect(error.code).toBe('tls-failure');
    expect(error.message).toMatch(
      /no TLS connection to localhost:\d+ at 127\.0\.0\.1 \(self-signed certificate\b/,
    );
  });

  test('plain HTTP on the port', async () => {
    const plain = createHttpServer();
    await listen(plain);
    const error = await exchange(`https://127.0.0.1:${port(plain)}/`);
    await end(plain);
    expect(error.code).toBe('tls-failure');
    expect(error.message).toMatch(/no TLS connection to 127\.0\.0\.1:\d+ \(.*wrong version number.*\)$/);
  });
});

describe('the process ends by itself', () => {
  /** Runs a program in which `http` is open, and waits for its end; what it waits for is longer than the test may take. */
  async function run(
    program: string,
    env: Record<string, string> = {},
    meanwhile: (child: ChildProcess) => Promise<void> = async () => {},
  ): Promise<string> {
    const file = join(folder, 'program.cjs');
    const opened = `const http = require('./http.cjs').openHttp({ connectionsPerHost: 2 });`;
    const get = `const get = (url) => http.exchange({ method: 'GET', url, headers: {} }, ${JSON.stringify(LIMITS)});`;
    writeFileSync(file, `${opened}\n${get}\n(async () => { ${program} })();`);
    const options = { timeout: 240_000, killSignal: 'SIGKILL' as const, env: { ...process.env, ...env } };
    const running = promisify(execFile)(process.execPath, [file], options);
    await meanwhile(running.child);
    const { stdout, stderr } = await running;
    expect(stderr).toBe('');
    return stdout;
  }

  test('after an exchange over TLS, with a CA of NODE_EXTRA_CA_CERTS', async () => {
    const program = `console.log((await get('https://localhost:${port(secure)}/')).status); await http.close();`;
    expect(await run(program, { NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem') })).toBe('200\n');
  });

  test.each([
    ['stalls before the header', 'http', ''],
    ['stalls in the body', 'http', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx'],
    ['stalls in the TLS handshake', 'https', ''],
  ])('closed while a server %s', async (_, scheme, bytes) => {
    const server = await RawServer.start(bytes);
    const program = `
      process.once('SIGUSR2', () => http.close());
      get('${scheme}://127.0.0.1:${server.port}/').catch((error) => console.log(error.code));`;
    const said = await run(program, {}, async (child) => {
      await until(() => (scheme === 'http' ? server.requests.length : server.accepted) > 0);
      child.kill('SIGUSR2');
    });
    await server.close();
    expect(said).toBe('connection-failed\n');
  });
});
