import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildFixtures } from '../../fixtures/build.js';
import { differences, readMade } from '../../fixtures/files.js';
import { OWN_CERTIFICATES_ONLY } from '../ocsp/differential/corrections.js';
import { requireOpenssl } from './openssl-version.js';
import { require } from './require.js';

const FOLDER = resolve(import.meta.dirname, '../../fixtures');

interface Entry {
  readonly name: string;
  readonly file: string;
  readonly step: number | null;
  readonly code: string | null;
  readonly verdict: string;
  readonly warnings: readonly string[];
  readonly issuer: string;
  readonly certificate: string;
  readonly options?: { readonly trustedResponders?: readonly [string] };
}

const { now, root, responses } = JSON.parse(readFileSync(join(FOLDER, 'responses.json'), 'utf8')) as {
  readonly now: string;
  readonly root: string;
  readonly responses: readonly Entry[];
};

describe('what is on disk', () => {
  const present = readMade(FOLDER);

  test('is what the generator makes', () => {
    expect(differences(present, buildFixtures(present))).toEqual([]);
  });

  test('a changed, a missing and a stray file are seen', () => {
    const other = new Map(present).set('responses/stray.der', Uint8Array.of(1));
    other.delete('responses/empty.der');
    other.set('responses/expired.der', Uint8Array.of(1));
    expect(differences(other, buildFixtures(other))).toEqual([
      'missing: responses/empty.der',
      'stray: responses/stray.der',
      'differs: responses/expired.der',
    ]);
  });
});

describe('what there is', () => {
  const source = readFileSync(resolve(FOLDER, '../src/util/errors.ts'), 'utf8');
  const union = /type VerificationCode =([^;]+);/.exec(source)?.[1] ?? '';
  const codes = [...union.matchAll(/^\s*\| '([^']+)'/gm)].map(([, code]) => code);
  const found = new Set(responses.flatMap(({ code, warnings }) => [code, ...warnings]));

  // The first is about the server's certificate: test/ocsp/fixtures.test.ts judges at its end. The second is about a file
  // that entries share: test/command/shared-file.test.ts.
  const others = new Set(['certificate-expired', 'not-good-for-all']);
  const byResponses = codes.filter((code) => code !== undefined && !others.has(code));
  test.each(byResponses)('%s', (code) => expect(found).toContain(code));

  test('every code that is named exists', () => {
    expect([...found].filter((code) => code !== null && !codes.includes(code))).toEqual([]);
  });

  test('every step that can fail does', () => {
    const steps = new Set(responses.flatMap(({ step }) => step ?? []));
    expect([...steps]).toEqual([5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 18, 19, 20]);
  });
});

/**
 * Verifies a response by another implementation. Its `-attime` applies only to certificates; it is told to accept any
 * times of the response.
 */
function openssl({ name, file, issuer, certificate, options }: Entry, hash: 'sha1' | 'sha256'): string {
  const trusted = name === 'good-issuer-bare-root' ? issuer : root;
  const pinned = options?.trustedResponders?.[0];
  const { stdout, stderr } = spawnSync(
    'openssl',
    [
      'ocsp',
      '-respin',
      file,
      '-no_nonce',
      '-issuer',
      issuer,
      `-${hash}`,
      '-cert',
      certificate,
      '-CAfile',
      trusted,
      '-verify_other',
      issuer,
      ...(pinned === undefined ? [] : ['-VAfile', pinned]),
      '-attime',
      String(Date.parse(now) / 1e3),
      '-validity_period',
      '1000000000',
    ],
    { cwd: FOLDER, encoding: 'utf8' },
  );
  return stdout + stderr;
}

/** The response is genuine, and openssl finds this status in it. */
function says(entry: Entry, status: string): boolean {
  const outputs = (['sha1', 'sha256'] as const).map((hash) => openssl(entry, hash));
  return outputs.some(
    (output) => output.includes('Response verify OK') && output.includes(`.pem: ${status}\n`),
  );
}

describe('openssl agrees', () => {
  beforeAll(() => {
    expect(execFileSync('openssl', ['version'], { encoding: 'utf8' })).toMatch(/^OpenSSL 3/);
  });

  /** It goes by the first answer for a certificate that is by the hash of the question. */
  const unlike = new Set(['good-and-revoked', 'good-and-revoked-sha256']);

  const good = responses.filter(({ name, verdict }) => verdict === 'good' && !unlike.has(name));
  test.each(good.map((entry) => [entry.name, entry] as const))('%s', (_, entry) => {
    expect(says(entry, 'good')).toBe(true);
  });

  const genuine = responses.filter(
    ({ name, verdict }) => (verdict === 'revoked' || verdict === 'unknown') && !unlike.has(name),
  );
  test.each(genuine.map((entry) => [entry.name, entry] as const))('%s', (_, entry) => {
    expect(says(entry, entry.verdict)).toBe(true);
  });
});

/** Steps that openssl checks too, and codes about which it is lax in spite of them. */
const SEEN = new Set([5, 6, 8, 9, 10, 11]);
const LAX_CODES = new Set<string | null>([
  'signature-sha1',
  'signature-key-weak',
  'signer-key-usage',
  'responses-disagree',
]);
const LAX_NAMES = new Set([
  'trailing-octet',
  'twice',
  'trailing-in-octet-string',
  'indefinite-length',
  'indefinite-length-basic',
  'long-length',
  'boolean-not-canonical',
  'nested-too-deeply',
  'too-many-elements',
  'md5',
  'sha224',
  'ecdsa-sha224',
  'rsa-parameters',
  'ecdsa-parameters',
  'ed25519-parameters',
  'delegate-key-usage-malformed',
  'issuer-speaks-by-sha512',
  'key-hybrid',
  'key-hybrid-of-issuer',
  'key-compressed',
  'key-rsa-exponent-1',
  'key-rsa-without-null',
  'key-ed25519-order-1',
  // Cases that mozilla::pkix, GnuTLS or Go refuses: see src/ocsp/verify/delegate-rules.ts.
  'delegate-is-ca',
  'delegate-is-ca-of-nobody',
  'delegate-version-1',
  'delegate-version-1-written-out',
  'delegate-version-2',
  'delegate-version-4',
  'delegate-version-negative',
  'delegate-has-issuer-name-by-key',
  'delegate-serial-negative',
  'delegate-basic-constraints-malformed',
  'delegate-alternative-names-malformed',
  'delegate-information-access-malformed',
  'delegate-certificate-sha224',
  'delegate-certificate-md5',
  'delegate-of-weak',
  'delegate-lacks-tls-feature',
  'delegate-outside-dns-wildcard-excluded',
  'delegate-outside-uri-excluded',
  'delegate-outside-excluded-directory',
  'delegate-outside-unknown-form',
  'delegate-outside-empty-constraints',
  'delegate-outside-mask-with-gaps',
  'delegate-outside-dns-name-malformed',
  'delegate-outside-no-domain',
  'delegate-outside-uri-of-permitted-address',
  // It does not know that a CA is above the issuer.
  'delegate-outside-path',
]);
/** `says` asks by both hashes. */
const ONE_HASH_ASKED = new Set(['certid-sha256-to-sha1', 'certid-sha1-to-sha256']);

describe('openssl refuses', () => {
  const seen = responses.filter(
    ({ name, step, code }) =>
      step !== null &&
      SEEN.has(step) &&
      !LAX_CODES.has(code) &&
      !LAX_NAMES.has(name) &&
      !ONE_HASH_ASKED.has(name),
  );
  test.for(seen.map((entry) => [entry.name, entry] as const))('%s', ([name, entry], context) => {
    if (name === 'issuer-speaks-of-others') {
      const { refusedBy, why } = OWN_CERTIFICATES_ONLY;
      require(refusedBy.test(requireOpenssl(context)), `this needs a later OpenSSL: ${why}`, context);
    }
    expect(says(entry, 'good')).toBe(false);
  });
});

/** `issuer-expired` depends on the release of OpenSSL: see `corrections.ts` of the differential test. */
const NOT_LAX = new Set([
  'revoked-and-good',
  'revoked-but-older',
  'next-update-before',
  'issuer-expired',
  'issuer-not-yet-valid',
  'issuer-critical',
  'issuer-negative-path-length',
  'delegate-key-usage-empty',
]);

const isLax = ({ name, step, code, verdict }: Entry) =>
  verdict === 'rejected' && step !== 13 && ((step ?? 0) > 11 || LAX_CODES.has(code) || LAX_NAMES.has(name));

describe('openssl lets pass', () => {
  /** Only this one thing is wrong; everything that openssl checks is right. */
  const lax = responses.filter((entry) => isLax(entry) && !NOT_LAX.has(entry.name));
  test.each(lax.map((entry) => [entry.name, entry] as const))('%s', (_, entry) => {
    expect(says(entry, 'good')).toBe(true);
  });
});
