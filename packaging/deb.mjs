/**
 * Builds packages/ocspbot_VERSION_all.deb of what is in dist/. It needs dpkg-deb, and no other tool of Debian. The scripts
 * in packaging/debian are those that debhelper would write for the same files.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { engines, EPOCH, isForServers, PACKAGES, run, version, withStage } from './stage.mjs';

const SOURCES = 'packaging/debian';
const DOCUMENTS = 'usr/share/doc/ocspbot';
/** Whoever builds the package, by the variables that Debian's own tools read. */
const { DEBFULLNAME = 'the builder of this package', DEBEMAIL = 'packages@ocspbot.invalid' } = process.env;
const MAINTAINER = `${DEBFULLNAME} <${DEBEMAIL}>`;
/** The places of the files of dist in the package. Files that the build does not write are left out. */
const GENERATED = {
  'completions/ocspbot.bash': 'usr/share/bash-completion/completions/ocspbot',
  'completions/_ocspbot': 'usr/share/zsh/vendor-completions/_ocspbot',
  'completions/ocspbot.fish': 'usr/share/fish/vendor_completions.d/ocspbot.fish',
  schemas: 'usr/share/ocspbot/schemas',
};

withStage((stage) => {
  addProgram(stage);
  addService(stage);
  addDocuments(stage);
  addControl(stage);
  stage.settle();
  const deb = join(PACKAGES, `ocspbot_${debianVersion()}_all.deb`);
  run('dpkg-deb', '--root-owner-group', '-Zxz', '--build', stage.folder, deb);
});

/** A pre-release is older than its release. */
function debianVersion() {
  return version.replace('-', '~');
}

function addProgram(stage) {
  const program = readFileSync('dist/ocspbot.js', 'utf8');
  // The Node.js that the package depends on, whatever else is in the PATH.
  stage.write('usr/bin/ocspbot', program.replace(/^#!.*\n/, '#!/usr/bin/node\n'), 0o755);
  for (const [name, path] of Object.entries(GENERATED)) stage.copyIfThere(join('dist', name), path);
  for (const page of existsSync('dist/man') ? readdirSync('dist/man') : [])
    stage.compress(readFileSync(join('dist/man', page)), `usr/share/man/man${page.at(-1)}/${page}.gz`);
}

/** The service waits for a configuration, because the package enables its timer. */
function addService(stage) {
  const service = placed('examples/systemd/ocspbot.service');
  const condition = 'ConditionPathExists=/etc/ocspbot.yaml';
  stage.write('usr/lib/systemd/system/ocspbot.service', service.replace('[Unit]\n', `$&${condition}\n`));
  stage.copy('examples/systemd/ocspbot.timer', 'usr/lib/systemd/system/ocspbot.timer');
  stage.write('usr/lib/ocspbot/reload', placed('examples/systemd/reload'), 0o755);
  stage.write('usr/lib/ocspbot/deploy', placed('examples/hooks/deploy'), 0o755);
  stage.copy(join(SOURCES, 'sysusers.conf'), 'usr/lib/sysusers.d/ocspbot.conf');
  stage.copy(join(SOURCES, 'tmpfiles.conf'), 'usr/lib/tmpfiles.d/ocspbot.conf');
  stage.copy(join(SOURCES, 'default'), 'etc/default/ocspbot');
}

function addDocuments(stage) {
  const isInPlace = (file) => /^systemd\/(?!haproxy)/.test(file);
  stage.copy('examples', join(DOCUMENTS, 'examples'), (file) => isForServers(file) && !isInPlace(file));
  for (const hook of ['certbot-deploy', 'dehydrated'])
    stage.write(join(DOCUMENTS, 'examples/hooks', hook), placed(`examples/hooks/${hook}`), 0o755);
  stage.copy('docs', join(DOCUMENTS, 'docs'));
  for (const file of ['CHANGELOG.md', 'README.md', 'SECURITY.md', 'dist/sbom.json'])
    stage.copy(file, join(DOCUMENTS, file.replace('dist/', '')));
  stage.copy('dist/LICENSES.txt', join(DOCUMENTS, 'bundled-packages.txt'));
  stage.write(
    join(DOCUMENTS, 'copyright'),
    `${readFileSync(join(SOURCES, 'copyright'), 'utf8')}${licence()}`,
  );
  stage.compress(debianChangelog(), join(DOCUMENTS, 'changelog.gz'));
}

/** Returns a file of the examples with the places of the package: /usr/local belongs to the administrator. */
function placed(path) {
  return readFileSync(path, 'utf8').replaceAll('/usr/local/lib/ocspbot/', '/usr/lib/ocspbot/');
}

/** In the form of Debian: each line of the text is indented, and an empty one is a dot. */
function licence() {
  return readFileSync('LICENSE', 'utf8')
    .trim()
    .split('\n')
    .map((line) => ` ${line === '' ? '.' : line}\n`)
    .join('');
}

function debianChangelog() {
  const date = new Date(EPOCH * 1000).toUTCString().replace('GMT', '+0000');
  return `ocspbot (${debianVersion()}) unstable; urgency=medium

  * Package of this version. CHANGELOG.md beside this file has the changes.

 -- ${MAINTAINER}  ${date}
`;
}

function addControl(stage) {
  const files = stage.files();
  const sizes = files.map((file) => Math.ceil(statSync(join(stage.folder, file)).size / 1024));
  const sums = files.map((file) => `${md5(join(stage.folder, file))}  ${file}\n`);
  const fields = {
    '@VERSION@': debianVersion(),
    '@MAINTAINER@': MAINTAINER,
    '@SIZE@': sizes.reduce((sum, size) => sum + size, 0),
    '@NODE@': engines.node.replace('>=', ''),
  };
  const control = readFileSync(join(SOURCES, 'control'), 'utf8').replaceAll(/@\w+@/g, (name) => fields[name]);
  stage.write('DEBIAN/control', control);
  stage.write('DEBIAN/md5sums', sums.join(''));
  const settings = files.filter((file) => file.startsWith('etc/'));
  stage.write('DEBIAN/conffiles', settings.map((file) => `/${file}\n`).join(''));
  for (const script of ['postinst', 'prerm', 'postrm'])
    stage.write(`DEBIAN/${script}`, readFileSync(join(SOURCES, script)), 0o755);
}

function md5(path) {
  return createHash('md5').update(readFileSync(path)).digest('hex');
}
