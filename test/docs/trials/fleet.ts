import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Stage } from '../../command/support/stage.js';
import type { Block } from '../support/markdown.js';
import { makeWorld, README_CONFIGURATION } from '../support/world.js';
import type { Trials } from './trial.js';

export const FLEET: Trials = {
  'docs/fleet.md: rsync -a fetcher:/var/lib/ocsp/ /srv/staples/': installsFromAFetcher,
};

async function installsFromAFetcher({ text }: Block, stage: Stage): Promise<void> {
  const world = makeWorld(stage);
  world.configure(README_CONFIGURATION, { 'mail.example.com': 'fresh' });
  const name = 'example.com.ocsp-resp';
  expect((await world.shell('ocspbot /etc/ocspbot.yaml --only example.com')).status).toBe(2);
  const fetched = readFileSync(world.path(`/var/lib/ocsp/${name}`));
  world.machine.setting.sandbox.write(`fetched/${name}`, fetched);
  await world.shell(`rm /var/lib/ocsp/${name}`);
  world.stub('rsync', 'mkdir -p "$3" && cp fetched/* "$3"');
  expect(await world.shell(text)).toMatchObject({ status: 2, stderr: '' });
  expect(readFileSync(world.path(`/var/lib/ocsp/${name}`))).toEqual(fetched);
}
