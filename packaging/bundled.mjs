/**
 * Describes the packages that the build has bundled into dist/: their licences as one text, and a bill of materials
 * (CycloneDX). Both are the same for the same packages: they have no time and no serial number.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OWN = readJson('package.json');
const LOCKED = readJson('package-lock.json').packages;

/** Writes LICENSES.txt and sbom.json. The metafiles are those of esbuild. */
export function describeBundled(metafiles, folder) {
  const packages = bundledPackages(metafiles);
  writeFileSync(join(folder, 'LICENSES.txt'), packages.map(licenceText).join('\n'));
  writeFileSync(join(folder, 'sbom.json'), `${JSON.stringify(billOfMaterials(packages), null, 2)}\n`);
}

function bundledPackages(metafiles) {
  const sources = metafiles.flatMap(({ outputs }) => Object.values(outputs)).flatMap(sourcesIn);
  const folders = sources.map((source) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(source)?.[0]);
  return [...new Set(folders)]
    .filter((folder) => folder !== undefined)
    .toSorted()
    .map((folder) => ({ ...readJson(join(folder, 'package.json')), folder }));
}

/** A source of which nothing is left is not part of the program. */
function sourcesIn({ inputs }) {
  return Object.keys(inputs).filter((source) => inputs[source].bytesInOutput > 0);
}

function licenceText({ name, version, license, folder }) {
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (license === undefined || file === undefined) throw new Error(`${folder} has no licence`);
  const text = readFileSync(join(folder, file), 'utf8').replaceAll('\r', '').trim();
  return `${name} ${version} (${license})\n\n${text.replaceAll(/^(?=.)/gm, '    ')}\n`;
}

function billOfMaterials(packages) {
  const own = component(OWN, 'application');
  const bundled = packages.map((one) => ({ ...component(one, 'library'), hashes: [hashOf(one)] }));
  const needs = (declared, folder) =>
    Object.keys(declared)
      .map((name) => packages.indexOf(resolvedFrom(folder, name, packages)))
      .filter((index) => index !== -1)
      .map((index) => bundled[index]['bom-ref']);
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: own },
    components: bundled,
    dependencies: [
      { ref: own['bom-ref'], dependsOn: needs(OWN.devDependencies, '') },
      ...packages.map((one, index) => ({
        ref: bundled[index]['bom-ref'],
        dependsOn: needs({ ...one.dependencies, ...one.peerDependencies }, one.folder),
      })),
    ],
  };
}

function component({ name, version, license, description }, type) {
  const [, scope, plain] = /^(?:(@[^/]+)\/)?(.*)$/.exec(name);
  const purl = `pkg:npm/${scope === undefined ? '' : `${encodeURIComponent(scope)}/`}${plain}@${version}`;
  return {
    type,
    'bom-ref': purl,
    ...(scope !== undefined && { group: scope }),
    name: plain,
    version,
    description,
    licenses: [{ license: { id: license } }],
    purl,
  };
}

/** Returns the package that Node.js finds from a folder: the nearest above it, as there may be several versions. */
function resolvedFrom(folder, name, packages) {
  const path = join(folder, 'node_modules', name);
  const found = packages.find((one) => one.folder === path);
  return found !== undefined || folder === '' ? found : resolvedFrom(parentOf(folder), name, packages);
}

const parentOf = (folder) => folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')));

/** Returns the digest of the package as the registry has it. */
function hashOf({ folder }) {
  const [algorithm, digest] = LOCKED[folder].integrity.split('-');
  return {
    alg: algorithm.toUpperCase().replace('SHA', 'SHA-'),
    content: Buffer.from(digest, 'base64').toString('hex'),
  };
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
