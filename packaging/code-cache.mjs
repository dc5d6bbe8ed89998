/**
 * Runs the program in dist/ as it is run most often, and writes what V8 has compiled of its two parts at the end, as
 * src/start.ts reads them: one certificate has nothing due, and the other one is refreshed. The program ends this process.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import v8 from 'node:v8';
import { Script } from 'node:vm';
import { partsOf } from './parts.mjs';

const PROGRAM = resolve('dist/ocspbot.js');
const fixture = (path) => readFileSync(new URL(`../fixtures/${path}`, import.meta.url));

/** Makes a configuration as people write it: V8 compiles only the functions that this needs. */
const configuration = (responder) => `# one of two is due
ocsp_folder: .
minimum_validity: 1d 12h
minimum_validity_percentage: 10
make_backups: False
parallel_threads: 1

domains:
  a.example:
    cert: cert.pem
    chain: chain.pem
    rootchain: chain.pem
    ocsp: fresh.der
    ocsp_responder_uri: "${responder}"
  b.example:
    cert: cert.pem
    chain: chain.pem
    rootchain: chain.pem
    ocsp: due.der
    ocsp_responder_uri: "${responder}"
`;

const { now, root, responses } = JSON.parse(fixture('responses.json'));
const { certificate, issuer, file } = responses.find(({ name }) => name === 'good-by-key');
const folder = mkdtempSync(join(tmpdir(), 'ocspbot-build-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
process.chdir(folder);
writeFileSync('cert.pem', fixture(certificate));
writeFileSync('chain.pem', Buffer.concat([fixture(issuer), fixture(root)]));
writeFileSync('fresh.der', fixture(file));
writeFileSync('clock.cjs', `Date.now = () => ${Date.parse(now)};\n`);

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/ocsp-response' }).end(fixture(file));
  });
});
server.listen(0, '127.0.0.1', async () => {
  writeFileSync('ocspbot.yaml', configuration(`http://127.0.0.1:${server.address().port}`));
  // Most runs find the state of an earlier one. With --now they would need code that other runs do not.
  const run = [PROGRAM, 'ocspbot.yaml'];
  await assertFinished(promisify(execFile)(process.execPath, ['--require', './clock.cjs', ...run]));
  rmSync('due.der', { force: true });
  runAndKeepCode(run);
});

/** Asserts that a run came to its end. Where there is no network, not even this machine's own, it refreshes nothing. */
async function assertFinished(run) {
  await run.catch((error) => {
    if (!isOfFinishedRun(error.code)) throw error;
  });
}

function isOfFinishedRun(status) {
  return Number.isInteger(status) && status < 64;
}

function runAndKeepCode(run) {
  Date.now = () => Date.parse(now);
  process.argv = [process.execPath, ...run];
  // The first run has told all.
  process.stdout.write = (_text, done) => setImmediate(done);
  process.stderr.write = process.stdout.write;
  // V8 takes no code that was compiled with other flags than those at the start of a run.
  v8.setFlagsFromString = () => undefined;
  const { program, packages, lines, line } = partsOf(readFileSync(PROGRAM, 'latin1'));
  const runPart = (part, lineOffset, path) => {
    const script = new Script(part, { filename: PROGRAM, lineOffset });
    process.on('exit', () => {
      const code = script.createCachedData();
      const digest = createHash('sha256').update(line).update(code).digest();
      writeFileSync(path, Buffer.concat([digest, code]));
    });
    script.runInThisContext();
  };
  globalThis.latePackages = (require) => {
    runPart(packages, lines, resolve(PROGRAM, '../bin/packages.code'));
    return globalThis.latePackages(require);
  };
  runPart(program, 0, resolve(PROGRAM, '../bin/ocspbot.code'));
  process.on('exit', (status) => {
    if (!isOfFinishedRun(status)) throw new Error(`the run ended with ${status}`);
    process.exitCode = 0;
  });
}
