/**
 * Builds packages/ocspbot-VERSION-linux-ARCH.tar.gz: the program with its own Node.js, for machines that have none or one that
 * is too old. The registry of npm has the executables of nodejs.org as packages; here are their digests.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EPOCH, isForServers, PACKAGES, run, version, withStage } from './stage.mjs';

/** Versions and digests as in a package-lock.json. */
const NODES = {
  arm64: [
    '24.22.0',
    'sha512-xbI0deR0+gzJizE0IdT7x3ewSqtvWW7tx6QlJIBI6IszUY41yrPmOeS+b6WkA7DmSS8VKJRcMthWVwO1LbjamQ==',
  ],
  x64: [
    '24.22.3',
    'sha512-KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA==',
  ],
};

/** Follows links, so that a link in /usr/local/bin will do. */
const COMMAND = `#!/bin/sh
# Runs ocspbot by the Node.js beside it.
lib=$(dirname "$(readlink -f "$0")")/../lib
exec "$lib/node" "$lib/ocspbot.js" "$@"
`;

const { arch } = process;
const name = `ocspbot-${version}-linux-${arch}`;

withStage((stage) => {
  addNode(stage);
  stage.write(`${name}/bin/ocspbot`, COMMAND, 0o755);
  stage.copy('dist/ocspbot.js', `${name}/lib/ocspbot.js`);
  for (const file of ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'docs'])
    stage.copy(file, join(name, file));
  stage.copy('examples', `${name}/examples`, isForServers);
  stage.copy('dist/LICENSES.txt', `${name}/LICENSES.txt`);
  stage.write(`${name}/sbom.json`, billOfMaterials());
  for (const folder of ['man', 'completions', 'schemas'])
    stage.copyIfThere(`dist/${folder}`, join(name, folder));
  stage.settle();
  pack(stage);
});

function addNode(stage) {
  const folder = mkdtempSync(join(tmpdir(), 'ocspbot-node-'));
  try {
    fetchNode(folder);
    stage.copy(join(folder, 'package/bin/node'), `${name}/lib/node`);
    stage.copy(join(folder, 'package/LICENSE'), `${name}/lib/LICENSE.node.txt`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function fetchNode(folder) {
  if (!(arch in NODES)) throw new Error(`there is no Node.js for ${arch} in packaging/archive.mjs`);
  const [nodeVersion, integrity] = NODES[arch];
  run('npm', 'pack', '--silent', '--pack-destination', folder, `node-linux-${arch}@${nodeVersion}`);
  const tarball = join(folder, readdirSync(folder)[0]);
  const digest = createHash('sha512').update(readFileSync(tarball)).digest('base64');
  if (`sha512-${digest}` !== integrity) throw new Error(`${tarball} has another digest than ${integrity}`);
  run('tar', '--extract', '--file', tarball, '--directory', folder, 'package/bin/node', 'package/LICENSE');
}

/** Returns that of the program, with Node.js. */
function billOfMaterials() {
  const bill = JSON.parse(readFileSync('dist/sbom.json', 'utf8'));
  const [nodeVersion, integrity] = NODES[arch];
  const purl = `pkg:npm/node-linux-${arch}@${nodeVersion}`;
  const content = Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex');
  bill.components.push({
    ...{ type: 'platform', 'bom-ref': purl, name: 'node', version: nodeVersion },
    ...{ licenses: [{ license: { name: 'lib/LICENSE.node.txt' } }], purl },
    hashes: [{ alg: 'SHA-512', content }],
  });
  bill.dependencies[0].dependsOn.push(purl);
  return `${JSON.stringify(bill, null, 2)}\n`;
}

/** Nothing in the archive depends on who has built it, when and where. */
function pack(stage) {
  run(
    ...['tar', '--create', '--file', join(PACKAGES, `${name}.tar.gz`), '--directory', stage.folder],
    ...['--sort=name', '--format=gnu', '--owner=root:0', '--group=root:0', `--mtime=@${EPOCH}`],
    ...['--use-compress-program=gzip --no-name', name],
  );
}
