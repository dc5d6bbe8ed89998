import { expect, test } from 'vitest';
import { CertificateStore } from '../../src/discovery/certificates.js';
import { nodeFiles } from '../../src/system/files.js';
import { OcspbotError } from '../../src/util/errors.js';
import { makeAuthority } from '../support/ca.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

const { root, intermediate, issue } = makeAuthority();
const leaf = issue();

function certificateAt(store: CertificateStore, path: string) {
  const found = store.load(path);
  if (found instanceof OcspbotError) throw found;
  return found.certificate;
}

/** Returns the name of the file in which the issuer of `own/cert.pem` is found, among the files that were read. */
function issuerOf(sandbox: Sandbox, ...read: string[]): string | undefined {
  const store = new CertificateStore(nodeFiles);
  const cert = sandbox.write('own/cert.pem', leaf.pem);
  for (const name of read) store.load(sandbox.path(name));
  return store.fileOfIssuer(certificateAt(store, cert), [cert])?.slice(sandbox.folder.length + 1);
}

test('the issuer is found beside the certificate, or else in any file that is not for another server', () => {
  const sandbox = makeSandbox();
  const other = issue({ subject: 'other.example' });
  sandbox.write('other/fullchain.pem', other.pem + intermediate.pem);
  expect(issuerOf(sandbox, 'other/fullchain.pem')).toBeUndefined();
  sandbox.write('first/chain.pem', intermediate.pem + root.pem);
  sandbox.write('second/chain.pem', intermediate.pem);
  const elsewhere = ['other/fullchain.pem', 'first/chain.pem', 'second/chain.pem'];
  expect(issuerOf(sandbox, ...elsewhere)).toBe('first/chain.pem');
  sandbox.write('own/chain.pem', intermediate.pem);
  expect(issuerOf(sandbox, ...elsewhere)).toBe('own/chain.pem');
});

test('ten thousand folders with the same chain: each certificate finds the one beside it at once', () => {
  const sandbox = makeSandbox();
  const store = new CertificateStore(nodeFiles);
  const names = Array.from({ length: 10_000 }, (_, index) => `d${index}/chain.pem`);
  const chains = names.map((name) => sandbox.write(name, intermediate.pem));
  for (const chain of chains) store.load(chain);
  const certificate = certificateAt(store, sandbox.write('cert.pem', leaf.pem));
  const found = chains.map((chain) => store.fileOfIssuer(certificate, [chain]));
  expect(found).toEqual(chains);
});
