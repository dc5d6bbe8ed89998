// Keeps what V8 has compiled of the program in a run that finds nothing to do, the most frequent one.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const KEEPER = new URL('compiled/keep.mjs', import.meta.url).pathname;

/** Writes the code, and returns the digest of both by which src/system/compiled.ts knows them. */
export function compile(program, code) {
  const folder = mkdtempSync(join(tmpdir(), 'ocspbot-build-'));
  try {
    const { now } = furnish(folder);
    const args = ['ocspbot.yaml', '--now', now];
    execFileSync(process.execPath, [KEEPER, resolve(program), resolve(code), ...args], { cwd: folder });
  } finally {
    rmSync(folder, { recursive: true });
  }
  return createHash('sha256').update(readFileSync(program)).update(readFileSync(code)).digest('hex');
}

/** A certificate of the fixtures, with a staple that is fresh. */
function furnish(folder) {
  const fixtures = new URL('../fixtures/', import.meta.url).pathname;
  const read = (path) => readFileSync(join(fixtures, path));
  const { now, root, responses } = JSON.parse(read('responses.json'));
  const { certificate, issuer, file } = responses.find(({ name }) => name === 'good-by-key');
  const write = (name, ...contents) => writeFileSync(join(folder, name), Buffer.concat(contents));
  write('cert.pem', read(certificate));
  write('chain.pem', read(issuer));
  write('rootchain.pem', read(issuer), read(root));
  write('ocsp.der', read(file));
  write('ocspbot.yaml', Buffer.from(CONFIGURATION));
  return { now };
}

const CONFIGURATION = `
ocsp_folder: .
domains:
  a.example:
    cert: cert.pem
    chain: chain.pem
    rootchain: rootchain.pem
    ocsp: ocsp.der
    ocsp_responder_uri: http://ocsp.example
`;
