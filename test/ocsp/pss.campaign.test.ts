import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { DEFAULTS } from '../../src/util/limits.js';
import { verify } from '../../src/ocsp/verify/verify.js';
import { nodeFiles } from '../../src/system/files.js';
import type { Certificate } from '../../src/x509/certificate.js';
import { findIssuer } from '../../src/x509/chain.js';
import { loadCertificates } from '../../src/x509/load.js';
import { CAMPAIGN_TIMEOUT, sampled } from '../support/campaign.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

/** Octets of the hashes, and what becomes of a response that is signed with them. */
const HASHES = {
  sha1: { octets: 20, outcome: 'signature-sha1' },
  sha224: { octets: 28, outcome: 'signature-algorithm-refused' },
  sha256: { octets: 32, outcome: 'good' },
  sha384: { octets: 48, outcome: 'good' },
  sha512: { octets: 64, outcome: 'good' },
} as const;
type Hash = keyof typeof HASHES;

/** As `openssl` takes them; the last two are the longest that the key has room for (RFC 8017 §9.1.1). */
function saltsFor(bits: number, hash: Hash): string[] {
  const longest = bits / 8 - HASHES[hash].octets - 2;
  const all = ['digest', 'auto', '0', '1', '20', '127', '128', `${longest - 1}`, `${longest}`, 'max'];
  return [...sampled(all, 10)];
}

const RSA = (bits: number) => ['-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${bits}`];
const PSS = (bits: number, ...more: string[]) => [
  ...['-algorithm', 'RSA-PSS', '-pkeyopt', `rsa_keygen_bits:${bits}`],
  ...more.flatMap((option) => ['-pkeyopt', `rsa_pss_keygen_${option}`]),
];
const ALL = Object.keys(HASHES) as Hash[];

const KEYS: readonly (readonly [name: string, bits: number, words: readonly string[], hashes: Hash[]])[] = [
  ['RSA of 2048 bits', 2048, RSA(2048), ALL],
  ['RSA of 3072 bits', 3072, RSA(3072), ALL],
  ['RSA of 4096 bits', 4096, RSA(4096), ALL],
  ['RSA-PSS of 2048 bits', 2048, PSS(2048), ALL],
  ['RSA-PSS for SHA-512 only', 2048, PSS(2048, 'md:sha512', 'mgf1_md:sha512', 'saltlen:0'), ['sha512']],
];

/** Every signature here is made by `openssl` and accepted by `openssl`. */
describe.each(KEYS)('PSS signatures of openssl: %s', (_, bits, words, hashes) => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = makeSandbox();
    await openssl(sandbox, ['genpkey', ...words, '-out', 'ca.key']);
    await openssl(sandbox, ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'leaf.key']);
    await openssl(sandbox, ['req', '-new', '-key', 'leaf.key', '-out', 'leaf.csr', '-subj', '/CN=leaf']);
    sandbox.write('index.txt', 'V\t491231235959Z\t\t1234\tunknown\t/CN=leaf\n');
    return () => sandbox.dispose();
  });

  test.each(hashes)(
    '%s, with salts of every length',
    async (hash) => {
      for (const salt of saltsFor(bits, hash)) {
        await sign(sandbox, hash, salt);
        await accepted(sandbox);
        const allowSha1Signatures = hash === 'sha1' && salt === 'max';
        const expected = allowSha1Signatures ? 'good' : HASHES[hash].outcome;
        expect([salt, judge(sandbox, allowSha1Signatures)]).toEqual([salt, expected]);
      }
    },
    CAMPAIGN_TIMEOUT,
  );
});

async function openssl({ folder }: Sandbox, words: readonly string[]): Promise<string> {
  const { all } = await execa('openssl', words, { cwd: folder, all: true });
  return all;
}

/** A CA, a certificate and a response, all signed with the same parameters. */
async function sign(sandbox: Sandbox, hash: Hash, salt: string): Promise<void> {
  const run = (...words: string[]) => openssl(sandbox, words);
  const options = (name: string) => [name, 'rsa_padding_mode:pss', name, `rsa_pss_saltlen:${salt}`];
  const [certificate, response] = [options('-sigopt'), options('-rsigopt')];
  const usage = ['-addext', 'keyUsage=critical,keyCertSign,digitalSignature'];
  const ca = ['-key', 'ca.key', '-subj', '/CN=PSS CA', '-days', '30', `-${hash}`, ...certificate, ...usage];
  await run('req', '-x509', '-out', 'ca.pem', ...ca);
  const issuer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', '0x1234', '-days', '20'];
  await run('x509', '-req', '-in', 'leaf.csr', '-out', 'leaf.pem', ...issuer, `-${hash}`, ...certificate);
  await run('ocsp', '-issuer', 'ca.pem', '-cert', 'leaf.pem', '-no_nonce', '-reqout', 'request.der');
  const responder = ['-index', 'index.txt', '-CA', 'ca.pem', '-rsigner', 'ca.pem', '-rkey', 'ca.key'];
  const files = ['-reqin', 'request.der', '-respout', 'response.der', '-ndays', '7'];
  await run('ocsp', ...responder, ...files, '-rmd', hash, ...response);
}

async function accepted(sandbox: Sandbox): Promise<void> {
  expect(await openssl(sandbox, ['verify', '-CAfile', 'ca.pem', 'leaf.pem'])).toBe('leaf.pem: OK');
  const files = ['-issuer', 'ca.pem', '-cert', 'leaf.pem', '-CAfile', 'ca.pem', '-respin', 'response.der'];
  const said = await openssl(sandbox, ['ocsp', '-no_nonce', ...files]);
  expect(said).toContain('Response verify OK');
  expect(said).toContain('leaf.pem: good');
}

/** Ours on the same files: `good`, or the code of the first failure. */
function judge(sandbox: Sandbox, allowSha1Signatures: boolean): string {
  const [ca, leaf] = ['ca.pem', 'leaf.pem'].flatMap((name) =>
    loadCertificates(sandbox.path(name), nodeFiles),
  ) as [Certificate, Certificate];
  const { clockSkew, maxAge } = DEFAULTS;
  const policy = { clockSkew, maxAge, assumedValidity: undefined, allowSha1Signatures };
  const question = { serialNumber: leaf.serialNumber, issuer: ca, trustedResponders: [] };
  const examination = verify(sandbox.read('response.der'), question, { policy, now: Date.now() });
  if (examination.kind === 'good') expect(findIssuer(leaf, [ca], 'ca.pem')).toBe(ca);
  return examination.code ?? examination.kind;
}
