import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import {
  type Authority,
  type CertificateOptions,
  makeAuthority,
  type TestCertificate,
} from '../support/ca.js';
import { requireProgram } from '../support/require.js';
import { COMMAND, PROGRAM, runOcspbot } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import type { Mode } from '../support/responder.js';
import { openTestPki } from './support/test-pki.js';
import { DAY, HOUR } from './support/times.js';

const pki = openTestPki();

/** A full chain as servers have it. */
function makeFullChain(options: Partial<CertificateOptions> = {}) {
  const sandbox = makeSandbox();
  const certificate = pki.issue(options);
  sandbox.write('fullchain.pem', certificate.pem + pki.authority.intermediate.pem);
  sandbox.writeCertificate('apart', certificate);
  return { sandbox, certificate };
}

/** Runs `ocspbot fetch` and returns the octets of its standard output. */
async function fetch({ folder }: Sandbox, ...args: readonly string[]) {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [PROGRAM, 'fetch', ...args], {
    cwd: folder,
    encoding: 'buffer',
    reject: false,
    stdin: 'ignore',
    // The last octet of a signature may be that of a line end.
    stripFinalNewline: false,
  });
  return { status: exitCode, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr).toString() };
}

/** Signs until the last octet of the signature is as wanted, for one signature in 256. */
function responseEndingIn(end: string, certificate: TestCertificate): Uint8Array {
  const response = pki.response(certificate, -HOUR, DAY);
  return response.at(-1) === end.charCodeAt(0) ? response : responseEndingIn(end, certificate);
}

describe('fetch', () => {
  test.each([
    ['fullchain.pem'],
    ['apart/cert.pem', '--issuer', 'apart/chain.pem', '--root', 'apart/rootchain.pem'],
  ])('writes a verified response to standard output: %s', async (...args) => {
    const { sandbox } = makeFullChain();
    const run = await fetch(sandbox, ...args);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    sandbox.write('response.der', run.stdout);
    const verified = ['verify', 'response.der', '--cert', 'apart/cert.pem', '--issuer', 'apart/chain.pem'];
    const good = { status: 0, stderr: '', stdout: expect.stringContaining('\ngood: ') };
    expect(await runOcspbot(verified, { cwd: sandbox.folder })).toMatchObject(good);
    expect(sandbox.list()).toEqual(['apart', 'fullchain.pem', 'response.der']);
  });

  test('writes a response to its last octet, also if that is a line end', async () => {
    const { sandbox, certificate } = makeFullChain();
    const bytes = responseEndingIn('\n', certificate);
    pki.responder.set({ kind: 'bytes', bytes }, certificate);
    const run = await fetch(sandbox, 'fullchain.pem');
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toEqual(Buffer.from(bytes));
  });

  test.each<[mode: Mode, status: number, message: RegExp]>([
    ['revoked', 32, /^error: the certificate was revoked at /],
    ['expired', 75, /expired|nextUpdate/],
    ['forged', 75, /signer|signature/],
    [{ kind: 'http', status: 404 }, 75, /status 404/],
  ])('writes nothing to standard output when the responder says %j', async (mode, status, message) => {
    const { sandbox, certificate } = makeFullChain();
    pki.responder.set(mode, certificate);
    const run = await fetch(sandbox, 'fullchain.pem');
    expect(run).toMatchObject({ status, stderr: expect.stringMatching(message) });
    expect(run.stdout).toHaveLength(0);
  });

  test.each<[name: string, options: Partial<CertificateOptions>, status: number, message: RegExp]>([
    ['an expired one', { notAfter: Date.now() - DAY }, 32, /the certificate expired/],
    [
      'one without a responder',
      { ocspUrls: [] },
      32,
      /names no OCSP responder.*\n {2}hint: .*--responder URL/,
    ],
    [
      'a must-staple one without a responder',
      { ocspUrls: [], mustStaple: true },
      32,
      /must-staple.*\n {2}hint: .*--responder URL/,
    ],
    [
      'one of an unusable responder',
      { ocspUrls: ['ldap://x/'] },
      32,
      /neither http.*\n {2}hint: .*--responder URL/,
    ],
    ['one whose responder is away', { ocspUrls: ['https://127.0.0.1:1/'] }, 75, /127\.0\.0\.1:1/],
  ])('says how it stands with a certificate: %s', async (_, options, status, message) => {
    const { sandbox } = makeFullChain(options);
    const run = await fetch(sandbox, 'fullchain.pem');
    expect(run).toMatchObject({ status, stderr: expect.stringMatching(message) });
    expect(run.stdout).toHaveLength(0);
  });

  test.each([
    [
      ['apart/cert.pem'],
      32,
      /no certificate of the issuer .* in \S+cert\.pem\n {2}hint: give the issuer's certificate as --issuer FILE, or the fullchain as CERT$/m,
    ],
    [['missing.pem'], 78, /missing\.pem does not exist/],
    [['fullchain.pem', '--config', 'missing.yaml'], 78, /there is no configuration/],
  ])('refuses %j', async (args, status, message) => {
    const { sandbox } = makeFullChain();
    const run = await fetch(sandbox, ...args);
    expect(run).toMatchObject({ status, stderr: expect.stringMatching(message) });
    expect(run.stdout).toHaveLength(0);
  });

  /** The hints of a run speak of keys in its configuration, which is not there. */
  test.each<[string, Partial<Record<'cert' | 'root', (stranger: Authority) => string>>, RegExp, RegExp]>([
    [
      'a self-signed certificate',
      { cert: ({ root }) => root.pem },
      /nobody publishes revocation for a self-signed certificate$/m,
      /nobody publishes revocation for a self-signed certificate$/m,
    ],
    [
      'an issuer of the same name with another key',
      {
        cert: ({ intermediate }) => pki.issue({ issuer: intermediate }).pem + pki.authority.intermediate.pem,
      },
      /give the issuer's certificate as --issuer FILE, or the fullchain as CERT$/m,
      /give the issuer's certificate as --issuer FILE, or the fullchain as --cert FILE$/m,
    ],
    [
      'another root',
      { root: ({ root }) => root.pem },
      /leave --root FILE out to trust the issuer as given$/m,
      /leave --root FILE out to trust the issuer as given$/m,
    ],
  ])('and verify say what to do in their own options about %s', async (_, { cert, root }, ...hints) => {
    const { sandbox } = makeFullChain();
    const stranger = makeAuthority();
    if (cert !== undefined) sandbox.write('fullchain.pem', cert(stranger));
    if (root !== undefined) sandbox.write('apart/rootchain.pem', root(stranger));
    sandbox.write('response.der', '');
    const options = root === undefined ? [] : ['--root', 'apart/rootchain.pem'];
    const fetched = await fetch(sandbox, 'fullchain.pem', ...options);
    expect(fetched).toMatchObject({ status: 32, stderr: expect.stringMatching(hints[0]) });
    const question = ['--cert', 'fullchain.pem', '--issuer', 'apart/chain.pem', ...options];
    const verified = await runOcspbot(['verify', 'response.der', ...question], { cwd: sandbox.folder });
    expect(verified).toMatchObject({ status: 32, stdout: expect.stringMatching(hints[1]) });
  });

  test.each<[mode: Mode, hint: RegExp]>([
    [
      { kind: 'redirect', to: 'ftp://a/' },
      /hint: set --responder URL to the URL where the responder really is/,
    ],
    ['no-next-update', /hint: set assumed_validity if .* on purpose \(in a configuration: --config FILE\)$/m],
  ])(
    'names its own option where there is one, else --config, when the responder says %j',
    async (mode, hint) => {
      const { sandbox, certificate } = makeFullChain();
      pki.responder.set(mode, certificate);
      const run = await fetch(sandbox, 'fullchain.pem');
      expect(run).toMatchObject({ status: 75, stderr: expect.stringMatching(hint) });
    },
  );

  test('--responder, or what --config says about the certificate, replaces what the certificate names', async () => {
    const { sandbox } = makeFullChain({ ocspUrls: ['http://127.0.0.1:1/'] });
    const chain = ['--issuer', 'apart/chain.pem', '--responder', pki.responder.url];
    expect(await fetch(sandbox, 'apart/cert.pem', ...chain)).toMatchObject({ status: 0, stderr: '' });
    const entry = { cert: 'apart/cert.pem', chain: 'apart/chain.pem', ocsp: 'x.ocsp' };
    sandbox.writeConfiguration({ domains: { x: { ...entry, ocsp_responder_uri: pki.responder.url } } });
    const run = await fetch(sandbox, 'apart/cert.pem', '--config', 'ocspbot.yaml');
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(sandbox.exists('x.ocsp')).toBe(false);
  });

  test.each([
    ['fetch', 'fullchain.pem', 73],
    // Its reader has what it wants, as in "ocspbot help | head".
    ['help', 'fetch', 0],
  ])('whose reader goes away: %s %s ends with %i', async (command, argument, status) => {
    const { sandbox } = makeFullChain();
    const child = spawn(process.execPath, [PROGRAM, command, argument], { cwd: sandbox.folder });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdout.destroy();
    expect((await once(child, 'close'))[0]).toBe(status);
    expect(stderr).toMatch(
      status === 0
        ? /^$/
        : /^error: the output cannot be written: .*EPIPE.*\n {2}hint: its reader ended before/,
    );
  });

  test('writes nothing binary to a terminal', async (context) => {
    const script = requireProgram('script', 'bsdutils', context);
    const { sandbox, certificate } = makeFullChain();
    const command = `${COMMAND} fetch fullchain.pem`;
    const { exitCode, stdout } = await execa(script, ['-qec', command, '/dev/null'], {
      cwd: sandbox.folder,
      reject: false,
      stdin: 'ignore',
    });
    expect({ exitCode, stdout }).toEqual({
      exitCode: 64,
      stdout: expect.stringContaining('the response is binary, and standard output is a terminal'),
    });
    expect(pki.requestsFor(certificate)).toEqual([]);
  });
});
