import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeFiles } from '../../src/system/files.js';
import { IssuerCache } from '../../src/x509/load.js';
import { loadSubject } from '../../src/x509/subject.js';
import { makeCertificate } from '../support/ca.js';
import { nul, octets, seq } from '../support/der.js';
import { extension } from '../support/extensions.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

const NOW = Date.UTC(2030, 0, 1);
let sandbox: Sandbox;
beforeAll(() => void (sandbox = makeSandbox()));
afterAll(() => sandbox.dispose());

/** A certificate like this must not stop the run of all others. */
test.each([
  ['Authority Information Access', extension('1.3.6.1.5.5.7.1.1', nul())],
  ['access method', extension('1.3.6.1.5.5.7.1.1', seq(seq(octets())))],
  ['TLS features', extension('1.3.6.1.5.5.7.1.24', octets())],
])('%s of another form: a fault of that certificate', (_, broken) => {
  const issuer = makeCertificate({ subject: 'CA', ca: true });
  const leaf = makeCertificate({ subject: 'leaf.example', issuer, extraExtensions: [broken] });
  const cert = sandbox.write('fullchain.pem', leaf.pem + issuer.pem);
  const entry = { cert, chain: undefined, rootchain: undefined };
  expect(() => loadSubject(entry, nodeFiles, new IssuerCache(nodeFiles), NOW)).toThrow(
    expect.objectContaining({ code: 'certificate-malformed', message: expect.stringContaining(cert) }),
  );
});

/** The text of a certificate of which one octet is wrong. */
function damaged(pem: string): string {
  return pem.replace('MII', 'AII');
}

const CA = makeCertificate({ subject: 'CA', ca: true });
const OTHER = makeCertificate({ subject: 'Other CA', ca: true });
const LEAF = makeCertificate({ subject: 'leaf.example', issuer: CA });

function load(cert: string, chain?: string): ReturnType<typeof loadSubject> {
  const entry = {
    cert: sandbox.write('cert.pem', cert),
    chain: chain === undefined ? undefined : sandbox.write('chain.pem', chain),
    rootchain: undefined,
  };
  return loadSubject(entry, nodeFiles, new IssuerCache(nodeFiles), NOW);
}

describe('a certificate in a file that is damaged', () => {
  test('does not matter where it is not needed, and is told', () => {
    for (const subject of [
      load(LEAF.pem + damaged(OTHER.pem) + CA.pem),
      load(LEAF.pem, damaged(OTHER.pem) + CA.pem),
      load(LEAF.pem + CA.pem + OTHER.pem.slice(0, 300)),
    ]) {
      expect(subject.certificate.der).toEqual(new Uint8Array(LEAF.der));
      expect(subject.damage).toMatchObject([{ code: 'certificate-malformed' }]);
    }
  });

  test.each([
    ['the first one', damaged(LEAF.pem) + CA.pem, undefined],
    ['the issuer', LEAF.pem + damaged(CA.pem), undefined],
    ['the issuer in the chain', LEAF.pem, OTHER.pem + damaged(CA.pem)],
  ])('%s is told as what it is', (_, cert, chain) => {
    expect(() => load(cert, chain)).toThrow(
      expect.objectContaining({
        code: 'certificate-malformed',
        message: expect.stringContaining('cannot be read'),
      }),
    );
  });

  test('and one that is something else under the label of a certificate is told as that', () => {
    const pkcs7 = Buffer.from('300f06092a864886f70d010702a0023000', 'hex').toString('base64');
    const pem = `-----BEGIN CERTIFICATE-----\n${pkcs7}\n-----END CERTIFICATE-----\n`;
    expect(() => load(pem + CA.pem)).toThrow(
      expect.objectContaining({
        code: 'not-a-certificate',
        message: expect.stringMatching(/cert\.pem holds a PKCS#7 bundle \(P7B\), no certificate$/),
        hint: expect.stringContaining('openssl pkcs7 -in /'),
      }),
    );
  });
});
