import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { makeAuthority, type Authority, type TestCertificate } from '../support/ca.js';
import { requireProgram } from '../support/require.js';
import { runOcspbot } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { startOpensslResponder } from './support/openssl-responder.js';
import { freePort } from '../support/port.js';

const SIGNERS: Readonly<Record<string, (authority: Authority) => TestCertificate>> = {
  'the issuer': (authority) => authority.intermediate,
  'a delegated signer': (authority) => authority.delegate(),
};

const NAMES = ['good.example', 'also-good.example', 'revoked.example', 'unknown.example'] as const;

/** The certificates by their names; the responder's index has all but the unknown one. */
async function startResponder(
  sandbox: Sandbox,
  authority: Authority,
  signer: TestCertificate,
  extra: readonly string[],
): Promise<Readonly<Record<string, TestCertificate>>> {
  const port = await freePort();
  const ocspUrls = [`http://127.0.0.1:${port}/`];
  const certificates = NAMES.map((subject) => authority.issue({ subject, ocspUrls }));
  const [good, alsoGood, revoked] = certificates as [TestCertificate, TestCertificate, TestCertificate];
  const index = [
    { certificate: good, status: 'good' },
    { certificate: alsoGood, status: 'good' },
    { certificate: revoked, status: 'revoked' },
  ] as const;
  await startOpensslResponder(sandbox, port, { authority, signer, index, extra });
  return Object.fromEntries(NAMES.map((name, at) => [name, certificates[at] as TestCertificate]));
}

/** Verifies an installed file by OpenSSL. */
async function judge(sandbox: Sandbox, name: string, hash: string): Promise<string> {
  const chain = sandbox.path(`${name}/chain.pem`);
  const { all } = await execa(
    'openssl',
    ['ocsp', '-respin', sandbox.path(`${name}.ocsp`), '-no_nonce', `-${hash}`]
      .concat(['-issuer', chain, '-cert', sandbox.path(`${name}/cert.pem`)])
      .concat(['-CAfile', sandbox.path(`${name}/rootchain.pem`), '-verify_other', chain]),
    { all: true },
  );
  return all;
}

describe.for([
  ['the issuer', 'p-256', []],
  ['the issuer', 'rsa-2048', ['-rmd', 'sha512', '-resp_key_id']],
  ['a delegated signer', 'p-256', ['-resp_key_id']],
  ['a delegated signer', 'rsa-2048', ['-rmd', 'sha384']],
] as const)("OpenSSL's responder, signed by %s, %s %s", ([signer, key, extra]) => {
  it.for([
    { method: 'post', hash: 'sha1' },
    { method: 'post', hash: 'sha256', nonce: true },
    { method: 'get', hash: 'sha1', nonce: true },
    { method: 'get', hash: 'sha256' },
  ])('asked by %o', async (http, context) => {
    requireProgram('openssl', 'openssl', context);
    const sandbox = makeSandbox();
    const authority = makeAuthority({ key });
    const signedBy = SIGNERS[signer]?.(authority) ?? authority.intermediate;
    const certificates = await startResponder(sandbox, authority, signedBy, extra);
    const configuration = sandbox.writeConfiguration({
      ocsp_folder: '.',
      parallel_threads: 4,
      http,
      domains: Object.fromEntries(
        Object.entries(certificates).map(([name, one]) => [name, sandbox.writeCertificate(name, one)]),
      ),
    });

    const run = await runOcspbot([configuration, '--json'], { cwd: sandbox.folder });
    expect(run.status, run.stderr).toBe(34);
    expect(JSON.parse(run.stdout)).toMatchObject({
      certificates: [
        { name: 'good.example', outcome: 'updated' },
        { name: 'also-good.example', outcome: 'updated' },
        { name: 'revoked.example', outcome: 'revoked', message: expect.stringContaining('2026-01-02') },
        { name: 'unknown.example', outcome: 'failed' },
      ],
    });
    expect(sandbox.list().filter((name) => name.endsWith('.ocsp'))).toEqual([
      'also-good.example.ocsp',
      'good.example.ocsp',
    ]);
    for (const name of ['good.example', 'also-good.example']) {
      const judgement = await judge(sandbox, name, http.hash);
      expect(judgement).toContain('Response verify OK');
      expect(judgement).toContain(`${name}/cert.pem: good`);
    }
  });
});
