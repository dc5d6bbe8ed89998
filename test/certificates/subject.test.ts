import { afterAll, beforeAll, expect, test } from 'vitest';
import { IssuerCache } from '../../src/certificates/load.js';
import { loadSubject } from '../../src/certificates/subject.js';
import { nodeFiles } from '../../src/system/files.js';
import { makeCertificate } from '../support/ca.js';
import { nul, octets, seq } from '../support/der.js';
import { extension } from '../support/extensions.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
beforeAll(() => void (sandbox = makeSandbox()));
afterAll(() => sandbox.dispose());

/** One such certificate must not stop the run for all others. */
test.each([
  ['Authority Information Access', extension('1.3.6.1.5.5.7.1.1', nul())],
  ['access method', extension('1.3.6.1.5.5.7.1.1', seq(seq(octets())))],
  ['TLS features', extension('1.3.6.1.5.5.7.1.24', octets())],
])('%s of another form: a fault of that certificate', (_, broken) => {
  const issuer = makeCertificate({ subject: 'CA', ca: true });
  const leaf = makeCertificate({ subject: 'leaf.example', issuer, extraExtensions: [broken] });
  const cert = sandbox.write('fullchain.pem', leaf.pem + issuer.pem);
  const entry = { cert, chain: undefined, rootchain: undefined };
  expect(() => loadSubject(entry, nodeFiles, new IssuerCache(nodeFiles))).toThrow(
    expect.objectContaining({ code: 'certificate-malformed', message: expect.stringContaining(cert) }),
  );
});
