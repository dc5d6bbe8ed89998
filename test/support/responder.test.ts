import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeAuthority, type TestCertificate } from './ca.js';
import { startResponder, type Mode, type ResponderOptions } from './responder.js';
import { makeSandbox } from './sandbox.js';

const authority = makeAuthority();
const leaf = authority.issue();

async function start(options: Partial<ResponderOptions> = {}) {
  const responder = await startResponder({ issuers: [authority.intermediate], ...options });
  onTestFinished(() => responder.close());
  return responder;
}

/** `openssl ocsp` as the client: its request is not of our making, and it judges what it gets. */
async function ask(url: string, certificate: TestCertificate, ...options: string[]): Promise<string> {
  const { folder } = makeSandbox();
  await writeFile(join(folder, 'leaf.pem'), certificate.pem);
  await writeFile(join(folder, 'issuer.pem'), authority.intermediate.pem);
  await writeFile(join(folder, 'root.pem'), authority.root.pem);
  const { stdout, stderr } = await promisify(execFile)(
    'openssl',
    [
      'ocsp',
      '-url',
      url,
      '-issuer',
      'issuer.pem',
      ...options,
      '-cert',
      'leaf.pem',
      '-CAfile',
      'root.pem',
      '-verify_other',
      'issuer.pem',
      '-respout',
      'response.der',
    ],
    { cwd: folder },
  ).catch((failure: { stdout: string; stderr: string }) => failure);
  return stdout + stderr;
}

/** The request that openssl made, as the responder recorded it. */
async function requestFor(certificate: TestCertificate): Promise<Uint8Array> {
  const responder = await start();
  await ask(responder.url, certificate);
  const question = responder.requests[0]?.question;
  if (question === undefined) throw new Error('openssl sent no request');
  return question.der;
}

async function post(url: string, body: Uint8Array): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/ocsp-request' } });
}

describe('a sound responder', () => {
  test.each([
    ['issuer', authority.intermediate],
    ['delegate', { issuer: authority.intermediate, signer: authority.delegate() }],
  ])('signs as the %s and repeats the nonce', async (_, issuer) => {
    const responder = await start({ issuers: [issuer] });
    expect(await ask(responder.url, leaf)).toMatch(
      /Response verify OK[^]*leaf.pem: good|leaf.pem: good[^]*verify OK/,
    );
    expect(responder.requests).toHaveLength(1);
    expect(responder.requests[0]).toMatchObject({
      method: 'POST',
      url: '/',
      question: { hash: 'sha1', count: 1 },
    });
    expect(responder.requests[0]?.question?.nonce).toHaveLength(16);
    expect(responder.connections).toBe(1);
  });

  test('SHA-256, and serial numbers as they are', async () => {
    const responder = await start();
    for (const serial of [1, 0x8001, 2n ** 159n - 1n, 0x7fff_ffff]) {
      const certificate = authority.issue({ serial });
      expect(await ask(responder.url, certificate, '-sha256', '-no_nonce')).toContain('leaf.pem: good');
      expect(responder.requests.at(-1)?.question).toMatchObject({ hash: 'sha256', nonce: undefined });
      expect(responder.requests.at(-1)?.question?.serial).toEqual(certificate.serial);
    }
  });

  test('several CAs, and none that it does not know', async () => {
    const other = makeAuthority();
    const responder = await start({ issuers: [other.intermediate, authority.intermediate] });
    expect(await ask(responder.url, leaf)).toContain('leaf.pem: good');
    const foreign = await start({ issuers: [other.intermediate] });
    expect(await ask(foreign.url, leaf)).toContain('unauthorized (6)');
  });

  test('GET with the encoded request as the last part of the path', async () => {
    const request = Buffer.from(await requestFor(leaf)).toString('base64');
    const responder = await start({ path: '/some/where/' });
    const answer = await fetch(responder.url + encodeURIComponent(request));
    expect(answer.headers.get('content-type')).toBe('application/ocsp-response');
    expect(responder.requests[0]?.question?.serial).toEqual(leaf.serial);
    await fetch(`${responder.url}/${encodeURIComponent(request)}`);
    expect(responder.requests[1]?.question).toBeUndefined();
  });
});

describe('modes', () => {
  test.each<[Mode, RegExp]>([
    [
      'revoked',
      /verify OK[^]*revoked[^]*Reason: keyCompromise|revoked[^]*Reason: keyCompromise[^]*verify OK/,
    ],
    ['unknown', /leaf.pem: unknown/],
    ['tryLater', /trylater \(3\)/],
    ['internalError', /internalerror \(2\)/],
    ['malformedRequest', /malformedrequest \(1\)/],
    ['sigRequired', /sigrequired \(5\)/],
    ['unauthorized', /unauthorized \(6\)/],
    ['expired', /Status times invalid[^]*status expired/],
    [{ kind: 'lifetime', lifetime: { age: -3_600_000, validity: 7_200_000 } }, /status not yet valid/],
    ['foreign', /No Status found/],
    ['forged', /Response Verify Failure/],
    ['no-next-update', /leaf.pem: good\n\tThis Update: .*\n(?!\tNext Update)/],
    ['nonce-ignored', /WARNING: no nonce in response/],
    ['nonce-different', /Nonce Verify error/],
    ['garbage', /Error querying OCSP responder/],
    ['empty', /Error querying OCSP responder/],
    ['html', /Error querying OCSP responder/],
  ])('%j', async (mode, expected) => {
    const responder = await start();
    responder.set(mode);
    expect(await ask(responder.url, leaf)).toMatch(expected);
  });

  /** OpenSSL 3.5 does not print it (openssl/openssl#29748). */
  test('a status', async () => {
    const responder = await start();
    responder.set({ kind: 'http', status: 503 });
    expect((await fetch(responder.url)).status).toBe(503);
  });

  test('for one certificate, then for all, then forgotten', async () => {
    const responder = await start();
    const other = authority.issue();
    responder.set('revoked', leaf);
    expect(await ask(responder.url, leaf)).toContain('leaf.pem: revoked');
    expect(await ask(responder.url, other)).toContain('leaf.pem: good');
    responder.set('tryLater');
    expect(await ask(responder.url, other)).toContain('trylater');
    responder.reset();
    expect(await ask(responder.url, leaf)).toContain('leaf.pem: good');
    expect(responder.requests).toHaveLength(1);
  });

  test('a function may decide', async () => {
    const responder = await start({ answer: ({ method }) => (method === 'POST' ? 'unknown' : undefined) });
    expect(await ask(responder.url, leaf)).toContain('leaf.pem: unknown');
  });

  test('old octets again', async () => {
    const request = await requestFor(leaf);
    const responder = await start();
    const bytes = Uint8Array.of(1, 2, 3);
    responder.set({ kind: 'bytes', bytes });
    const answer = await post(responder.url, request);
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytes);
  });

  test('redirects, and redirects without end', async () => {
    const request = encodeURIComponent(Buffer.from(await requestFor(leaf)).toString('base64'));
    const [good, responder] = [await start(), await start()];
    responder.set({ kind: 'redirect', to: good.url });
    expect((await fetch(responder.url + request)).url).toBe(good.url);
    responder.set('redirect-loop');
    await expect(fetch(responder.url + request)).rejects.toThrow('fetch failed');
    expect(responder.requests.length).toBeGreaterThan(10);
  });

  test.each<Mode>(['slow', 'stall', 'stall-body', 'endless'])(
    '%s does not keep it from closing',
    async (mode) => {
      const request = await requestFor(leaf);
      const responder = await start();
      responder.set(mode);
      const answer = post(responder.url, request).then((got) => got.arrayBuffer());
      await Promise.all([expect(answer).rejects.toThrow(), arrived(responder).then(() => responder.close())]);
    },
  );

  test('reset in the middle', async () => {
    const request = await requestFor(leaf);
    const responder = await start();
    responder.set('reset');
    await expect(post(responder.url, request).then((got) => got.arrayBuffer())).rejects.toThrow();
  });
});

async function arrived({ requests }: { readonly requests: readonly unknown[] }): Promise<void> {
  while (requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
}
