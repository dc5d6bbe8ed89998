/**
 * Builds packages/ocspbot-stapling-VERSION.tar.gz: the role of examples/ansible as a collection, with the program and the
 * examples that it installs.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PACKAGES, run, version, withStage } from './stage.mjs';

const ROLE = 'roles/ocspbot';

withStage((stage) => {
  const galaxy = readFileSync('packaging/collection/galaxy.yml', 'utf8');
  stage.write('galaxy.yml', galaxy.replace('@VERSION@', version));
  for (const file of ['README.md', 'meta/runtime.yml']) stage.copy(`packaging/collection/${file}`, file);
  for (const file of ['LICENSE', 'CHANGELOG.md']) stage.copy(file, file);
  stage.copy(`examples/ansible/${ROLE}`, ROLE);
  // Here the role looks for what it installs: `ocspbot_package` in its variables.
  for (const file of [
    'dist/ocspbot.js',
    'dist/LICENSES.txt',
    'dist/sbom.json',
    'examples/cron',
    'examples/systemd',
  ])
    stage.copy(file, `${ROLE}/files/${file}`);
  stage.settle();
  run('ansible-galaxy', 'collection', 'build', stage.folder, '--force', '--output-path', resolve(PACKAGES));
});
